"""Which options may be in force, how many, and how often they change (eligibility, assignment, switching)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings


def check_choices(facts: Facts, findings: Findings) -> None:
    """Check eligibility, assignment and switching."""
    _eligibility(facts, findings)
    _assignment(facts, findings)
    _switching(facts, findings)


def _eligibility(facts: Facts, findings: Findings) -> None:
    options, lines = facts.options, facts.lines
    force = facts.tables["assignments"][["line", "option", "period"]].copy()
    option = force["option"].to_numpy()
    force["line"] = owner = options["line"].to_numpy()[option]
    for column, bound, sign, words in (
        (
            "lead_time_days",
            "max_lead_time_days",
            1.0,
            "its lead time of {own} days is above the {bound} days allowed",
        ),
        ("quality", "min_quality", -1.0, "its quality of {own} is below the {bound} asked for"),
    ):
        force["own"] = options[column].to_numpy()[option]
        force["bound"] = lines[bound].to_numpy()[owner]
        beyond = sign * (force["own"] - force["bound"]).to_numpy()
        hits = np.flatnonzero(beyond > 0)
        message = f"option '{{option}}' of line '{{line}}' is in force in period {{period}}, but {words}"
        findings.marked("eligibility", force, hits, beyond, message)

    period = force["period"].to_numpy()
    first = options["first_period"].to_numpy()[option]
    last = _last(options, facts.periods)[option]
    outside = np.maximum(first - period, period - last).astype(np.float64)
    force["first"] = np.asarray(facts.instance.periods)[np.maximum(first, 0)]
    force["last"] = np.asarray(facts.instance.periods)[last]
    message = (
        "option '{option}' of line '{line}' is in force in period {period}, outside its periods "
        "{first} to {last}"
    )
    findings.marked("eligibility", force, np.flatnonzero(outside > 0), outside, message)


def _last(table: pd.DataFrame, periods: int) -> NDArray[np.intp]:
    last = table["last_period"].to_numpy()
    return np.where(last < 0, periods - 1, last)


def _assignment(facts: Facts, findings: Findings) -> None:
    lines = facts.lines
    count = np.zeros((len(lines), facts.periods))
    option, period = np.nonzero(facts.in_force)
    np.add.at(count, (facts.options["line"].to_numpy()[option], period), 1.0)
    when = np.arange(facts.periods)
    market = when >= lines["first_period"].to_numpy()[:, None]
    market &= when <= _last(lines, facts.periods)[:, None]
    line, period = np.indices(count.shape)
    places = pd.DataFrame({"line": line.ravel(), "period": period.ravel(), "count": count.ravel()})
    places["most"] = lines["max_options"].to_numpy(dtype=np.float64)[places["line"]]
    on, n = market.ravel(), count.ravel()
    needed = on & lines["required"].to_numpy()[places["line"]]

    message = "no option of line '{line}' is in force in period {period}, though the line is required"
    findings.marked("assignment", places, np.flatnonzero(needed & (n < 1)), 1 - n, message)
    message = "{count} options of line '{line}' are in force in period {period}; at most {most} may be"
    over = n - places["most"].to_numpy()
    findings.marked("assignment", places, np.flatnonzero(on & (over > 0)), over, message)
    message = "{count} options of line '{line}' are in force in period {period}, when it is not on the market"
    findings.marked("assignment", places, np.flatnonzero(~on & (n > 0)), n, message)


def _switching(facts: Facts, findings: Findings) -> None:
    lines = facts.lines
    option, period = np.nonzero(facts.starts)
    line = facts.options["line"].to_numpy()[option]
    launch = np.maximum(lines["first_period"].to_numpy(), 0)
    free = (lines["current_option"].to_numpy()[line] < 0) & (period == launch[line])
    starts = np.bincount(line[~free], minlength=len(lines)).astype(np.float64)
    table = pd.DataFrame({"line": np.arange(len(lines)), "starts": starts, "most": lines["max_switches"]})
    over = starts - lines["max_switches"].to_numpy()
    message = "line '{line}' starts an option {starts} times; at most {most} are allowed"
    findings.marked("switching", table, np.flatnonzero(over > 0), over, message)
