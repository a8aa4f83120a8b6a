"""Write a file or a folder whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def atomic_file(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; put it in the place of `path` when the block succeeds.

    Parameters
    ----------
    path : str or Path
        The file to write. Missing parent folders are made.

    Yields
    ------
    Path
        Write the content here. It has the name of `path`. On an error it is removed and `path` stays.
    """
    path = _resolved(Path(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name[:100]}.") as folder:
        staged = Path(folder) / path.name
        yield staged
        _sync(staged)
        staged.replace(path)
    _sync_folder(path.parent)


@contextmanager
def atomic_directory(path: str | Path) -> Iterator[Path]:
    """Yield an empty temporary folder beside `path`; move its files to `path` when the block succeeds.

    A new folder appears at once with all its files. In a folder that exists, each file is replaced
    atomically, one after the other, and files of other names stay.

    Parameters
    ----------
    path : str or Path
        The folder to write. Missing parent folders are made.

    Yields
    ------
    Path
        Write the files here; subfolders are allowed. On an error nothing of it reaches `path`.
    """
    path = _resolved(Path(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name[:100]}."))
    try:
        yield staged
        files = sorted(file for file in staged.rglob("*") if file.is_file())
        for file in files:
            _sync(file)
        if path.exists():
            for file in files:
                target = path / file.relative_to(staged)
                target.parent.mkdir(parents=True, exist_ok=True)
                file.replace(target)
        else:
            staged.chmod(0o777 & ~_umask())
            staged.replace(path)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    _sync_folder(path.parent)


def _resolved(path: Path) -> Path:
    # A link keeps pointing to its file, which is what gets replaced.
    return path.resolve() if path.is_symlink() else path.absolute()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync(file: Path) -> None:
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
