"""What every constraint family works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.blocks import Builder
    from prodmode.formulation.columns import Columns
    from prodmode.formulation.constants import Constants


@dataclass(frozen=True, slots=True)
class Context:
    """The builder that a family adds rows to, with the columns and constants they are made of."""

    builder: Builder
    columns: Columns
    constants: Constants


def option_rows(
    mask: NDArray[np.bool_],
) -> tuple[tuple[NDArray[np.int64], ...], dict[str, NDArray[np.int64]], NDArray[np.int64]]:
    """Return where a mask of shape (W, O, T) is true, the keys of those rows, and their positions."""
    where = np.nonzero(mask)
    keys = dict(zip(("scenario", "option", "period"), where, strict=True))
    return where, keys, np.arange(len(where[0]))
