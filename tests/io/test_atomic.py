from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from prodmode.io.atomic import atomic_directory, atomic_file

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    with atomic_file(path) as staged:
        staged.write_text("one")
        assert not path.exists()
    assert path.read_text() == "one"
    with suppress(ZeroDivisionError), atomic_file(path) as staged:
        staged.write_text("two")
        staged.write_text(str(1 // 0))
    assert path.read_text() == "one"
    assert [file.name for file in path.parent.iterdir()] == ["a.txt"]


def test_a_link_keeps_pointing_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("one")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    with atomic_file(tmp_path / "link.txt") as staged:
        staged.write_text("two")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "two"


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "new"
    with atomic_directory(path) as staged:
        (staged / "a.txt").write_text("one")
        (staged / "sub").mkdir()
        (staged / "sub" / "b.txt").write_text("two")
        assert not path.exists()
    assert (path / "sub" / "b.txt").read_text() == "two"
    with suppress(ZeroDivisionError), atomic_directory(path) as staged:
        (staged / "a.txt").write_text("changed")
        (staged / "b.txt").write_text(str(1 // 0))
    assert (path / "a.txt").read_text() == "one"
    with atomic_directory(path) as staged:
        (staged / "c.txt").write_text("three")
    assert sorted(file.name for file in path.iterdir()) == ["a.txt", "c.txt", "sub"]
    assert [file.name for file in tmp_path.iterdir()] == ["new"]


def test_a_new_folder_can_be_read_by_others(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with atomic_directory(tmp_path / "new") as staged:
        (staged / "a.txt").write_text("one")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_importing_io_loads_no_tables() -> None:
    code = "import sys, prodmode.io; print({'pandas', 'pyarrow', 'yaml'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
