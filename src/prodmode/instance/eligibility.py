"""Which options a line may not choose, decided before the model is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray


def too_late_or_poor(
    lines: pd.DataFrame, options: pd.DataFrame
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the options whose lead time is too long and those whose quality is too low, each of shape (O,).

    A blank lead time, quality or requirement passes.

    Parameters
    ----------
    lines, options : pandas.DataFrame
        Tables of an instance.
    """
    line = options["line"].cat.codes.to_numpy()
    late = options["lead_time_days"].to_numpy() > lines["max_lead_time_days"].to_numpy()[line]
    return late, options["quality"].to_numpy() < lines["min_quality"].to_numpy()[line]


def ineligible_options(lines: pd.DataFrame, options: pd.DataFrame) -> pd.DataFrame:
    """Return the options whose lead time is too long or whose quality is too low for their line.

    A blank lead time, quality or requirement passes.

    Parameters
    ----------
    lines, options : pandas.DataFrame
        Tables of an instance.

    Returns
    -------
    pandas.DataFrame
        Columns option, line and reason, one row per ineligible option.
    """
    line = options["line"].cat.codes.to_numpy()
    longest = lines["max_lead_time_days"].to_numpy()[line]
    least = lines["min_quality"].to_numpy()[line]
    lead, quality = options["lead_time_days"].to_numpy(), options["quality"].to_numpy()
    late, poor = too_late_or_poor(lines, options)
    rows = np.flatnonzero(late | poor)
    reasons = [
        "; ".join(
            [f"lead time of {lead[row]:g} days is above the {longest[row]:g} allowed"] * bool(late[row])
            + [f"quality {quality[row]:g} is below the {least[row]:g} asked for"] * bool(poor[row])
        )
        for row in rows
    ]
    return pd.DataFrame(
        {
            "option": options["option"].iloc[rows].to_numpy(),
            "line": options["line"].iloc[rows].astype("str").to_numpy(),
            "reason": reasons,
        }
    )
