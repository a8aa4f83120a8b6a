"""What every constraint family works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodmode.formulation.places import Places

if TYPE_CHECKING:
    import numpy as np
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


def option_places(mask: NDArray[np.bool_]) -> Places:
    """Return where a mask of shape (W, O, T) is true."""
    return Places.where(("scenario", "option", "period"), mask)
