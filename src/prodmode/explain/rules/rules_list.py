"""The rules of an instance that can be given up, each with the changes of input that do so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.document.page import money, percent
from prodmode.explain.changes.edit import Edit
from prodmode.explain.words import amount, quantity, titled
from prodmode.instance.windows import on_market

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prodmode.instance.instance import Instance

KINDS: dict[str, str] = {
    "limit": "limits",
    "budget": "the capex budget",
    "fill-rate": "least fill rates",
    "exclusivity": "one option at a time",
    "required": "lines that must be offered",
    "switches": "how often a line may switch",
    "lead-time": "longest lead times",
    "quality": "least quality",
}
"""Every kind of rule, in words."""

_BOUNDS = ("min", "max", "min_share", "max_share")
_MEASURES = {"lines": "options in use", "units": "units", "emissions": "kg CO2e", "setups": "setups"}


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A rule, and how to do without it.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    name : str
        The limit or the line; "budgets" for the budget.
    sentence : str
        What the rule asks for.
    figure : float or None
        What it is set to, where that is one number.
    unit : str
        Unit of the figure.
    edits : tuple of Edit
        The changes of input without the rule. They only allow more.
    """

    kind: str
    name: str
    sentence: str
    figure: float | None
    unit: str
    edits: tuple[Edit, ...]


def rules_of(instance: Instance) -> tuple[GivenUp, ...]:
    """Return every rule that could be given up and asks for anything, in the order of `KINDS`."""
    found = [*_limits(instance), *_budget(instance), *_line_rules(instance)]
    order = list(KINDS)
    return tuple(sorted(found, key=lambda rule: order.index(rule.kind)))


def all_of(rules: Sequence[GivenUp]) -> tuple[Edit, ...]:
    """Return the changes that give up all rules of one kind; one change for the rules of any number of lines.

    Lines without such a rule are changed too, which allows them nothing that they could not do before.
    """
    first = rules[0].edits[0]
    if rules[0].kind in {"limit", "budget"}:
        return (Edit(first.head, (), None, "remove", None),)
    figures = [rule.edits[0].value for rule in rules]
    numbers = [figure for figure in figures if isinstance(figure, float)]
    return (Edit(first.head, (), first.column, "=", max(numbers) if numbers else first.value),)


def _limits(instance: Instance) -> Iterator[GivenUp]:
    for row in instance.limits.astype(object).to_dict("records"):
        limit = {str(name): value for name, value in row.items()}
        bounds = {
            name: limit[name] for name in ("min", "max", "min_share", "max_share") if _given(limit[name])
        }
        measure = str(limit["measure"])
        unit = _MEASURES.get(measure, instance.currency)
        told = " and ".join(_bound(name, value, measure, unit) for name, value in bounds.items())
        share = [name.endswith("share") for name in bounds]
        yield GivenUp(
            "limit",
            str(limit["limit"]),
            f"{told}{_scope(limit)}",
            float(next(iter(bounds.values()))) if len(bounds) == 1 else None,
            f"share of {measure}" if all(share) else unit,
            (Edit("limits", (("limit", str(limit["limit"])),), None, "remove", None),),
        )


def _bound(name: str, value: float, measure: str, unit: str) -> str:
    word = "at least" if name.startswith("min") else "at most"
    if name.endswith("share"):
        return f"{word} {percent(value)} of {measure}"
    if measure in _MEASURES:
        return f"{word} {quantity(value, unit.replace('options', 'option') if value == 1 else unit)}"
    return f"{word} {money(value, unit)} of {measure}"


def _scope(limit: dict[str, Any]) -> str:
    parts = [f"{name} '{limit[name]}'" for name in ("mode", "site", "family", "line") if _given(limit[name])]
    when = ""
    if _given(limit["period"]):
        when = " in each period" if limit["period"] == "each" else f" in {limit['period']}"
    return (f" for {', '.join(parts)}" if parts else "") + when


def _budget(instance: Instance) -> Iterator[GivenUp]:
    if len(instance.budgets):
        total = float(instance.budgets["capex_limit"].sum())
        told = f"purchases and tooling within {money(total, instance.currency)}, period by period"
        edit = Edit("budgets", (), None, "remove", None)
        yield GivenUp("budget", "budgets", told, total, instance.currency, (edit,))


def _line_rules(instance: Instance) -> Iterator[GivenUp]:
    lines, options = instance.lines, instance.options
    line = options["line"].cat.codes.to_numpy()
    late = options["lead_time_days"].to_numpy() > lines["max_lead_time_days"].to_numpy()[line]
    poor = options["quality"].to_numpy() < lines["min_quality"].to_numpy()[line]
    figures = pd.DataFrame(
        {
            "offered": np.asarray(on_market(instance).any(axis=1)),
            "options": np.bincount(line, minlength=len(lines)),
            "late": np.bincount(line, late, minlength=len(lines)),
            "poor": np.bincount(line, poor, minlength=len(lines)),
        }
    )
    table = pd.concat([lines.astype(object), figures.astype(object)], axis=1)
    for row in table.to_dict("records"):
        if row["offered"]:
            yield from _of_line({str(name): value for name, value in row.items()}, len(instance.periods))


def _of_line(line: dict[str, Any], periods: int) -> Iterator[GivenUp]:
    """Return the rules of a line: its cells, and how many options it has, come too late and are too poor."""
    name, who = str(line["line"]), titled(str(line["line"]), line["name"])

    def rule(
        kind: str, told: str, unit: str, column: str, without: str | float | None, *, counts: bool = True
    ) -> GivenUp:
        edit = Edit("lines", (("line", name),), column, "=", without)
        return GivenUp(kind, name, told, float(line[column]) if counts else None, unit, (edit,))

    if (rate := line["min_fill_rate"]) > 0:
        told = f"at least {percent(rate)} of the demand of {who} is served"
        yield rule("fill-rate", told, "share of demand", "min_fill_rate", 0.0)
    if line["options"] > (most := line["max_options"]):
        told = f"{who} uses {'one option' if most == 1 else f'{most} options'} at a time"
        yield rule("exclusivity", told, "options at once", "max_options", float(line["options"]))
    if line["required"]:
        yield rule("required", f"{who} is offered throughout", "", "required", "false", counts=False)
    starts = periods * min(line["options"], line["max_options"])
    if (line["options"] > 1 or not line["required"]) and (most := line["max_switches"]) < starts:
        told = f"{who} switches at most {'once' if most == 1 else f'{most} times'}"
        # every option could then start in every period
        yield rule("switches", told, "starts", "max_switches", float(periods * line["options"]))
    if line["late"]:
        told = f"{who} is delivered within {amount(line['max_lead_time_days'])} days"
        yield rule("lead-time", told, "days", "max_lead_time_days", None)
    if line["poor"]:
        told = f"the quality of {who} is at least {line['min_quality']:g}"
        yield rule("quality", told, "quality score", "min_quality", None)


def _given(value: object) -> bool:
    return not pd.isna(value)  # type: ignore[call-overload]
