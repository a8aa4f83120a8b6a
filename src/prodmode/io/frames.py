"""What every reader of rows and columns does with headers and blank rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.errors import Issue
from prodmode.io.text import MAX_CELL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from prodmode.errors import Place
    from prodmode.instance.raw import Origin


class Headers:
    """The headers of a table: blank ones dropped, repeated ones reported, the first of them kept.

    Parameters
    ----------
    cells : sequence of str
        Headers as read.
    table : str
        Name of the table.
    issues : list of Issue
        Collects what is wrong.
    place : callable
        Gives the place of the header at a position.
    """

    def __init__(
        self, cells: Sequence[str], table: str, issues: list[Issue], place: Callable[[int], Place]
    ) -> None:
        self.names = [cell.strip() for cell in cells]
        self._table = table
        self._issues = issues
        self._place = place
        self.positions: list[int] = []
        first: dict[str, int] = {}
        for position, name in enumerate(self.names):
            if not name:
                continue
            if name in first:
                issues.append(
                    Issue(
                        f"the column '{name}' occurs more than once.",
                        table,
                        place(position),
                        "Remove or rename one of them.",
                        code="duplicate-column",
                    )
                )
            else:
                first[name] = position
                self.positions.append(position)

    def apply(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Return the columns with a header, named; a column of data without one is reported."""
        for position, name in enumerate(self.names):
            if not name and position < cells.shape[1] and not blank(cells.iloc[:, position]).all():
                self._issues.append(
                    Issue(
                        "a column with data has no header.",
                        self._table,
                        self._place(position),
                        "Name the column, or remove it.",
                        code="blank-header",
                    )
                )
        frame = cells.iloc[:, self.positions].reset_index(drop=True)
        frame.columns = pd.Index([self.names[position] for position in self.positions], dtype="object")
        return frame


def blank(column: pd.Series[Any]) -> npt.NDArray[np.bool_]:
    """Return where a column is missing or white space."""
    missing = column.isna()
    if isinstance(column.dtype, pd.StringDtype):
        missing |= column.str.strip().eq("").fillna(value=False).astype("bool")
    elif column.dtype == object:
        missing |= column.map(lambda cell: isinstance(cell, str) and not cell.strip()).astype("bool")
    return missing.to_numpy(dtype=np.bool_)


def drop_blank_rows(frame: pd.DataFrame) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """Return the rows that hold anything, and which rows of `frame` they are."""
    kept = np.zeros(len(frame), dtype=np.bool_)
    for position in range(frame.shape[1]):
        if kept.all():
            break
        rest = np.flatnonzero(~kept)
        kept[rest] = ~blank(frame.iloc[rest, position])
    return (frame if kept.all() else frame[kept].reset_index(drop=True)), kept


def oversize_cells(frame: pd.DataFrame, table: str, origin: Origin) -> Iterator[Issue]:
    """Yield an issue for each column that has a cell longer than any cell may be."""
    for name in frame.columns:
        column = frame[name]
        if not isinstance(column.dtype, pd.StringDtype) and column.dtype != object:
            continue
        texts = column if isinstance(column.dtype, pd.StringDtype) else column.map(_only_text)
        lengths = texts.str.len().fillna(0).to_numpy(dtype=np.int64)
        for row in np.flatnonzero(lengths > MAX_CELL)[:10]:
            yield Issue(
                f"the cell holds {lengths[row]:,} characters; {MAX_CELL:,} are allowed.",
                table,
                origin.place(int(row), str(name)),
                "Shorten the text.",
                code="oversize-cell",
            )


def _only_text(cell: object) -> str:
    return cell if isinstance(cell, str) else ""
