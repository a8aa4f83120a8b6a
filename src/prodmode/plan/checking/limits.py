"""Policies over many lines (limits)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from prodmode.instance.fields import EACH
from prodmode.plan.checking.arrays import Columns, length, pick, total
from prodmode.plan.checking.quantities import has_setups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.plan.checking.blocks import Block
    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings

UNITS = {
    "lines": "options in force",
    "units": "units",
    "emissions": "kg CO2e",
    "setups": "setups",
}
MEASURES = ("lines", "units", "spend", "revenue", "emissions", "setups", "capex")
FILTERS = ("line", "family", "mode", "site")


class Span(NamedTuple):
    """The periods that a limit adds up."""

    label: str | None
    periods: NDArray[np.intp]


def check_limits(facts: Facts, measures: Measures, findings: Findings) -> None:
    """Check every limit, given the measures of all blocks."""
    limits = facts.instance.limits
    if not len(limits):
        return
    codes = facts.data["limits"]
    for row, record in enumerate(limits.to_dict("records")):
        limit = {str(name): value for name, value in record.items()}
        filters = {name: int(codes[name][row]) for name in FILTERS if codes[name][row] >= 0}
        part = measures.by_period(str(limit["measure"]), filters)
        whole = measures.by_period(str(limit["measure"]), {})
        for span in spans_of(facts, limit):
            _compare(findings, limit, span, part[:, span.periods].sum(1), whole[:, span.periods].sum(1))


def spans_of(facts: Facts, limit: dict[str, Any]) -> list[Span]:
    """Return the periods, or groups of them, in which a limit holds on its own."""
    labels = facts.instance.periods
    period = limit["period"]
    blank = pd.isna(period)
    if not blank and period in labels:
        return [Span(str(period), np.array([labels.index(str(period))], dtype=np.intp))]
    if (blank and limit["measure"] == "lines") or (not blank and period == EACH):
        return [Span(label, np.array([code], dtype=np.intp)) for code, label in enumerate(labels)]
    return [Span(None, np.arange(len(labels), dtype=np.intp))]


def _compare(
    findings: Findings,
    limit: dict[str, Any],
    span: Span,
    part: NDArray[np.float64],
    whole: NDArray[np.float64],
) -> None:
    for name, sign in (("min", -1.0), ("max", 1.0), ("min_share", -1.0), ("max_share", 1.0)):
        if pd.isna(limit[name]):
            continue
        bound = limit[name] * whole if name.endswith("share") else np.full(len(part), limit[name])
        off = sign * (part - bound)
        allowed = findings.tolerance * np.maximum(1.0, np.maximum(np.abs(part), np.abs(bound)))
        unit = UNITS.get(str(limit["measure"]), findings.currency)
        when = "over the horizon" if span.label is None else f"in period {span.label}"
        share = f" ({limit[name]:g} of the total)" if name.endswith("share") else ""
        for scenario in np.flatnonzero(~(off <= allowed)):
            label = findings.names["scenario"][int(scenario)]
            where = {"limit": str(limit["limit"]), "scenario": str(label)}
            if span.label is not None:
                where["period"] = span.label
            findings.add(
                "limits",
                f"limit '{limit['limit']}': {limit['measure']} {when}, scenario '{label}', come to "
                f"{part[scenario]:,.6g} {unit}, {off[scenario]:,.6g} {'above' if sign > 0 else 'below'} the "
                f"{'most' if sign > 0 else 'least'} allowed of {bound[scenario]:,.6g}{share}",
                float(off[scenario]),
                where,
            )


class Measures:
    """What limits measure, summed beforehand over everything that no filter tells apart.

    Parameters
    ----------
    facts : Facts
        Of the plan.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._has_setups = has_setups(facts)
        self._groups: list[Columns] = []
        self._lines: list[Columns] = []

    def add(self, block: Block) -> None:
        """Add what the lines of a block come to."""
        limits = self._facts.data["limits"]
        if not len(limits["line"]):
            return
        cells, option = block.cells, block.cells["option"]
        own = {
            "family": block.lines["family"][cells["line"]],
            "mode": block.options["mode"][option],
            "site": block.options["site"][option],
        }
        groups = {name: cells[name] for name in ("scenario", "period")} | own
        place, first = _group(groups)
        named = limits["line"][limits["line"] >= 0]
        rows = np.flatnonzero(np.isin(cells["line"], named))
        summed, single = pick(groups, first), pick(groups | {"line": cells["line"]}, rows)
        for measure in MEASURES:
            amount = self._amount(block, measure)
            summed[measure] = total(place, amount, len(first))
            single[measure] = amount[rows]
        self._groups.append(summed)
        self._lines.append(single)

    def _amount(self, block: Block, measure: str) -> NDArray[np.float64]:
        cells, options = block.cells, block.options
        option, force, setup = cells["option"], cells["in_force"], cells["setup"]
        if measure == "lines":
            return force.astype(np.float64)
        if measure == "spend":
            return np.asarray(
                cells["cost"] + options["setup_cost"][option] * setup + options["fixed_cost"][option] * force
            )
        if measure == "emissions":
            return np.asarray(options["emissions_per_unit"][option] * cells["made"])
        if measure == "setups":
            return np.where(self._has_setups[option], setup, 0.0)
        if measure == "capex":
            return np.asarray(options["tooling_capex"][option] * block.starts[option, cells["period"]])
        return np.asarray(cells["made" if measure == "units" else "revenue"])

    def by_period(self, measure: str, filters: dict[str, int]) -> NDArray[np.float64]:
        """Return the measure by scenario and period, over what passes the filters."""
        facts = self._facts
        shape = (len(facts.probability), facts.periods)
        amount = np.zeros(shape)
        for table in self._lines if "line" in filters else self._groups:
            keep = np.ones(len(table["scenario"]), dtype=bool)
            for name, code in filters.items():
                keep &= table[name] == code
            at = table["scenario"][keep] * facts.periods + table["period"][keep]
            amount += total(at, table[measure][keep], int(np.prod(shape))).reshape(shape)
        if measure == "capex" and not filters.keys() & {"line", "family", "mode"}:
            investments = facts.data["investments"]
            counted = investments["site"] == filters.get("site", investments["site"])
            amount += (investments["capex"] * counted) @ facts.copies
        return amount


def _group(columns: Columns) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the group of each row, and a row of each group; codes are at least -1."""
    key = np.zeros(length(columns), dtype=np.int64)
    for codes in columns.values():
        key = key * (int(codes.max(initial=-1)) + 2) + codes + 1
    place, known = pd.factorize(key)
    first = np.empty(len(known), dtype=np.intp)
    first[place[::-1]] = np.arange(len(place))[::-1]
    return place, first
