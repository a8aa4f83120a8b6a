"""An instance whose cells, keys and references have been checked, but not yet its rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from prodmode.errors import Severity
    from prodmode.instance.faults import Describe, Faults
    from prodmode.instance.fields import Settings
    from prodmode.instance.sheet import Mask, Sheet


@dataclass(frozen=True, slots=True)
class Draft:
    """An instance while its rules are checked.

    Attributes
    ----------
    settings : Settings or None
        The settings, None where they are faulty.
    periods : tuple of str
        The periods, empty where they are faulty.
    sheets : dict of str to Sheet
        Cells with their origins and faults.
    frames : dict of str to pandas.DataFrame
        The canonical tables, row by row the same as the sheets.
    faults : Faults
        Takes what is wrong.
    orphans : tuple of str or None
        Lines, as named, of the option rows that were reported and left out or belong to no known line; None
        where such a row does not say its line.
    """

    settings: Settings | None
    periods: tuple[str, ...]
    sheets: dict[str, Sheet]
    frames: dict[str, pd.DataFrame]
    faults: Faults
    orphans: tuple[str, ...] | None = ()

    def codes(self, table: str, column: str) -> npt.NDArray[np.int64]:
        """Return the codes of a categorical column."""
        return self.frames[table][column].cat.codes.to_numpy().astype(np.int64)

    def numbers(self, table: str, column: str) -> npt.NDArray[np.float64]:
        """Return a numeric column as float64."""
        return self.frames[table][column].to_numpy(dtype="float64")

    def whole(self, table: str, *names: str) -> bool:
        """Return whether no row of a table was left out and no cell of some columns is bad."""
        sheet = self.sheets[table]
        return sheet.complete and bool(sheet.sound(*names).all())

    def report(
        self,
        code: str,
        table: str,
        column: str | None,
        mask: Mask | npt.NDArray[Any],
        describe: Describe,
        *,
        severity: Severity = "error",
    ) -> None:
        """Report the rows of a table that a mask marks."""
        rows = np.flatnonzero(mask)
        self.faults.add_rows(code, self.sheets[table], column, rows, describe, severity=severity)
