"""Which options may be in force, how many, and how often they change (eligibility, assignment, switching)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.plan.checking.arrays import total

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.plan.checking.arrays import Columns
    from prodmode.plan.checking.blocks import Block
    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings

IN_FORCE = "option '{option}' of line '{line}' is in force in period {period}"


def check_choices(facts: Facts, findings: Findings) -> None:
    """Check assignment and switching."""
    _assignment(facts, findings)
    _switching(facts, findings)


def check_eligibility(block: Block, findings: Findings) -> None:
    """Check that what is in force may be."""
    options, lines, cells = block.options, block.lines, block.cells
    rows = np.flatnonzero(cells["in_force"] & (cells["scenario"] == 0))
    option, period, line = (cells[name][rows] for name in ("option", "period", "line"))
    force = {"line": line, "option": option, "period": period}
    own, bound = options["lead_time_days"][option], lines["max_lead_time_days"][line]
    message = f"{IN_FORCE}, but its lead time of {{own}} days is above the {{bound}} days allowed"
    _beyond(findings, force | {"own": own, "bound": bound}, own - bound, message)
    own, bound = options["quality"][option], lines["min_quality"][line]
    message = f"{IN_FORCE}, but its quality of {{own}} is below the {{bound}} asked for"
    _beyond(findings, force | {"own": own, "bound": bound}, bound - own, message)

    first, last = options["first_period"][option], _last(options, block.periods)[option]
    outside = np.maximum(first - period, period - last).astype(np.float64)
    labels = np.asarray(block.instance.periods, dtype=object)
    told = force | {"first": labels[np.maximum(first, 0)], "last": labels[last]}
    _beyond(findings, told, outside, f"{IN_FORCE}, outside its periods {{first}} to {{last}}")


def _beyond(findings: Findings, table: Columns, size: NDArray[np.float64], message: str) -> None:
    findings.marked("eligibility", table, np.flatnonzero(size > 0), size, message)


def _last(table: Columns, periods: int) -> NDArray[np.intp]:
    return np.where(table["last_period"] < 0, periods - 1, table["last_period"])


def _assignment(facts: Facts, findings: Findings) -> None:
    lines, periods = facts.lines, facts.periods
    option, period = np.nonzero(facts.in_force)
    line, when = (axis.ravel() for axis in np.indices((len(lines["price"]), periods)))
    n = total(facts.options["line"][option] * periods + period, np.ones(len(option)), len(line))
    most = lines["max_options"][line].astype(np.float64)
    places = {"line": line, "period": when, "count": n, "most": most}
    on = (when >= lines["first_period"][line]) & (when <= _last(lines, periods)[line])

    hits = np.flatnonzero(on & lines["required"][line] & (n < 1))
    message = "no option of line '{line}' is in force in period {period}, though the line is required"
    findings.marked("assignment", places, hits, 1 - n, message)
    message = "{count} options of line '{line}' are in force in period {period}; at most {most} may be"
    findings.marked("assignment", places, np.flatnonzero(on & (n > most)), n - most, message)
    message = "{count} options of line '{line}' are in force in period {period}, when it is not on the market"
    findings.marked("assignment", places, np.flatnonzero(~on & (n > 0)), n, message)


def _switching(facts: Facts, findings: Findings) -> None:
    lines = facts.lines
    option, period = np.nonzero(facts.starts)
    line = facts.options["line"][option]
    launch = np.maximum(lines["first_period"], 0)
    free = (lines["current_option"][line] < 0) & (period == launch[line])
    starts = total(line[~free], np.ones(len(line[~free])), len(launch))
    over = starts - lines["max_switches"]
    table = {"line": np.arange(len(launch)), "starts": starts, "most": lines["max_switches"]}
    message = "line '{line}' starts an option {starts} times; at most {most} are allowed"
    findings.marked("switching", table, np.flatnonzero(over > 0), over, message)
