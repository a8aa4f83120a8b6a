"""Policies over many lines (limits)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from prodmode.instance.fields import EACH
from prodmode.plan.checking.quantities import has_setups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings

UNITS = {
    "lines": "options in force",
    "units": "units",
    "emissions": "kg CO2e",
    "setups": "setups",
}
FILTERS = ("line", "family", "mode", "site")


class _Span(NamedTuple):
    """The periods that a limit adds up."""

    label: str | None
    periods: NDArray[np.intp]


def check_limits(facts: Facts, findings: Findings) -> None:
    """Check every limit."""
    limits = facts.instance.limits
    if not len(limits):
        return
    measures = _Measures(facts)
    codes = pd.DataFrame({name: limits[name].cat.codes.to_numpy() for name in ("line", "mode", "site")})
    family = dict(zip(facts.instance.lines["family"], facts.lines["family"], strict=True))
    codes["family"] = [-1 if pd.isna(name) else family[name] for name in limits["family"]]
    for row, record in enumerate(limits.to_dict("records")):
        limit = {str(name): value for name, value in record.items()}
        filters = {name: int(codes[name].iloc[row]) for name in FILTERS if codes[name].iloc[row] >= 0}
        part = measures.by_period(str(limit["measure"]), filters)
        whole = measures.by_period(str(limit["measure"]), {})
        for span in _spans(facts, limit):
            _compare(findings, limit, span, part[:, span.periods].sum(1), whole[:, span.periods].sum(1))


def _spans(facts: Facts, limit: dict[str, Any]) -> list[_Span]:
    labels = facts.instance.periods
    period = limit["period"]
    blank = pd.isna(period)
    if not blank and period in labels:
        return [_Span(str(period), np.array([labels.index(str(period))], dtype=np.intp))]
    if (blank and limit["measure"] == "lines") or (not blank and period == EACH):
        return [_Span(label, np.array([code], dtype=np.intp)) for code, label in enumerate(labels)]
    return [_Span(None, np.arange(len(labels), dtype=np.intp))]


def _compare(
    findings: Findings,
    limit: dict[str, Any],
    span: _Span,
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


class _Measures:
    """What limits measure, summed beforehand over everything that no filter tells apart."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        options, cells = facts.options, facts.cells
        option = cells["option"].to_numpy()
        force = cells["in_force"].to_numpy(dtype=np.float64)
        start = facts.starts[option, cells["period"].to_numpy()].astype(np.float64)
        made, setup = cells["made"].to_numpy(), cells["setup"].to_numpy()

        def of(name: str) -> NDArray[np.float64]:
            return np.asarray(options[name].to_numpy()[option])

        places = cells[["scenario", "period", *FILTERS]].assign(
            lines=force,
            units=made,
            spend=cells["cost"] + of("setup_cost") * setup + of("fixed_cost") * force,
            revenue=cells["revenue"],
            emissions=of("emissions_per_unit") * made,
            setups=np.where(has_setups(facts)[option], setup, 0.0),
            capex=of("tooling_capex") * start,
        )
        named = facts.instance.limits["line"].cat.codes.to_numpy()
        self._lines = places[places["line"].isin(named[named >= 0])]
        keys = ["scenario", "period", "family", "mode", "site"]
        self._groups = places.drop(columns="line").groupby(keys, as_index=False, sort=False).sum()

    def by_period(self, measure: str, filters: dict[str, int]) -> NDArray[np.float64]:
        """Return the measure by scenario and period, over what passes the filters."""
        facts = self._facts
        table = self._lines if "line" in filters else self._groups
        keep = np.ones(len(table), dtype=bool)
        for name, code in filters.items():
            keep &= (table[name] == code).to_numpy()
        total = np.zeros((len(facts.probability), facts.periods))
        kept = table[keep]
        np.add.at(total, (kept["scenario"].to_numpy(), kept["period"].to_numpy()), kept[measure].to_numpy())
        if measure == "capex" and not filters.keys() & {"line", "family", "mode"}:
            investments = facts.instance.investments
            at_site = investments["site"].cat.codes.to_numpy() == filters.get("site", -1)
            counted = at_site if "site" in filters else np.ones(len(investments), dtype=bool)
            total += (investments["capex"].to_numpy() * counted) @ facts.copies()
        return total
