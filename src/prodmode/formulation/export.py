"""MPS and LP files that other solvers read, with a map back to the planner's names."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import vstack

from prodmode.errors import ProdmodeError
from prodmode.formulation.lp_format import lp_lines
from prodmode.formulation.silent_highs import highs_with, highspy
from prodmode.io.atomic import atomic_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodmode.formulation.formulate import Formulation
    from prodmode.formulation.mip import Mip

FORMATS = ("mps", "lp")
"""Formats that a program can be written in."""


def write(formulation: Formulation, path: str | Path, *, format: str = "mps") -> Path:  # noqa: A002
    """Write the program to a file, and beside it ``<file>.names.json``.

    The file minimises minus the net present value without its constant; rows with two different sides
    become two rows; names are ASCII. These choices are what common readers get right. The name map holds
    the constant (``offset``) and, for every column and row of the file, its family and labels.

    Parameters
    ----------
    formulation : Formulation
        The program.
    path : str or Path
        File to write; replaced atomically.
    format : {"mps", "lp"}
        MPS for solvers, LP for people.

    Returns
    -------
    Path
        The name map.

    Raises
    ------
    ProdmodeError
        If the format is unknown.
    """
    if format not in FORMATS:
        raise ProdmodeError(f"there is no export format '{format}'. There are: {', '.join(FORMATS)}.")
    path = Path(path)
    mip, origin, suffixes = _one_sided(formulation.mip)
    columns = ascii_names(formulation.names.columns())
    named = formulation.names.rows()
    rows = ascii_names(
        [named[row].removesuffix("]") + suffix for row, suffix in zip(origin, suffixes, strict=True)]
    )
    with atomic_file(path) as temporary:
        if format == "mps":
            _write_mps(mip, columns, rows, temporary)
        else:
            notes = _notes(formulation, origin)
            heads = [
                f"{ascii(formulation.instance.name)[:200]}: minimise minus the expected net present value",
                f"the constant {formulation.mip.offset!r} is left out of the objective",
            ]
            temporary.write_text(
                "\n".join(lp_lines(mip, columns, rows, heads, notes)) + "\n", encoding="ascii"
            )
    names_path = path.with_name(path.name + ".names.json")
    with atomic_file(names_path) as temporary:
        temporary.write_text(
            json.dumps(_name_map(formulation, columns, rows, origin), ensure_ascii=False, indent=1) + "\n",
            encoding="utf-8",
        )
    return names_path


def ascii_names(names: Sequence[str]) -> list[str]:
    """Return names that every reader takes: letters, digits, dots and underscores, unique, at most 200 long.

    Examples
    --------
    >>> ascii_names(["made[oak table,Q1]", "made[oak-table,Q1]", "sold[größe]"])
    ['made.oak_table.Q1', 'made.oak_table.Q1_2', 'sold.gr__e']
    """
    taken: dict[str, int] = {}
    found = []
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_.]", "_", name.replace("[", ".").replace(",", ".").removesuffix("]"))[
            :190
        ]
        count = taken.get(plain, 0) + 1
        while count > 1 and f"{plain}_{count}" in taken:
            count += 1
        taken[plain] = count
        unique = plain if count == 1 else f"{plain}_{count}"
        taken.setdefault(unique, 1)
        found.append(unique)
    return found


def _one_sided(mip: Mip) -> tuple[Mip, np.ndarray[Any, np.dtype[np.int64]], list[str]]:
    """Split rows with two different finite sides, drop the constant, and say which row each came from."""
    low, high = np.isfinite(mip.row_lower), np.isfinite(mip.row_upper)
    ranged = np.flatnonzero(low & high & (mip.row_lower != mip.row_upper))
    free = np.flatnonzero(~low & ~high)
    kept = np.setdiff1d(np.arange(len(low)), free)
    origin = np.concatenate([kept, ranged])
    lower, upper = mip.row_lower[origin].copy(), mip.row_upper[origin].copy()
    lower[np.isin(origin, ranged) & (np.arange(len(origin)) < len(kept))] = -np.inf
    upper[len(kept) :] = np.inf
    matrix = vstack([mip.matrix[kept], mip.matrix[ranged]], format="csr") if len(ranged) else mip.matrix[kept]
    suffixes = [""] * len(kept) + [".least"] * len(ranged)
    return replace(mip, matrix=matrix, row_lower=lower, row_upper=upper, offset=0.0), origin, suffixes


def _write_mps(mip: Mip, columns: Sequence[str], rows: Sequence[str], path: Path) -> None:
    engine = highs_with(mip, {})
    for position, name in enumerate(columns):
        engine.passColName(position, name)
    for position, name in enumerate(rows):
        engine.passRowName(position, name)
    # HiGHS chooses the format by the suffix.
    target = path.with_name(path.name + ".mps")
    if engine.writeModel(str(target)) == highspy().HighsStatus.kError:
        raise ProdmodeError(f"HiGHS could not write {path}")
    target.replace(path)


def _notes(formulation: Formulation, origin: np.ndarray[Any, np.dtype[np.int64]]) -> dict[int, str]:
    starts = {block.start: f"{block.family}: {block.sentence}" for block in formulation.row_blocks}
    return {position: starts[row] for position, row in enumerate(origin) if row in starts}


def _name_map(
    formulation: Formulation,
    columns: Sequence[str],
    rows: Sequence[str],
    origin: np.ndarray[Any, np.dtype[np.int64]],
) -> dict[str, Any]:
    names = formulation.names
    about_columns, about_rows = (
        [
            {"family": block.family, **names.labels(block, position)}
            for block in blocks
            for position in range(block.size)
        ]
        for blocks in (formulation.column_blocks, formulation.row_blocks)
    )
    return {
        "instance": formulation.instance.name,
        "sense": "minimise minus the expected net present value",
        "offset": formulation.mip.offset,
        "columns": dict(zip(columns, about_columns, strict=True)),
        "rows": {name: about_rows[row] for name, row in zip(rows, origin, strict=True)},
    }
