"""The algebra, reviewed as text: one LP file per constraint family.

``pytest tests/formulation --update-golden`` rewrites the files; read the difference before it is committed.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from prodmode.formulation import formulate
from prodmode.formulation.export import write

from .portfolios import CASES

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", CASES)
def test_program_is_the_reviewed_one(name: str, tmp_path: Path, update_golden: bool) -> None:
    found = tmp_path / f"{name}.lp"
    write(formulate(CASES[name]()), found, format="lp")
    golden = GOLDEN / found.name
    if update_golden:
        golden.write_bytes(found.read_bytes())
        return
    assert golden.exists(), f"there is no {golden.name}; run with --update-golden and read what it wrote"
    difference = difflib.unified_diff(
        golden.read_text(encoding="ascii").splitlines(),
        found.read_text(encoding="ascii").splitlines(),
        f"golden/{golden.name}",
        "now",
        lineterm="",
        n=2,
    )
    text = "\n".join(difference)
    assert not text, f"the program of '{name}' is another one:\n{text}"


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.lp")} == set(CASES)
