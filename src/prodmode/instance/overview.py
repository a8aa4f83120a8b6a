"""An instance at a glance, as a document: what a notebook shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.document.blocks import Document, Facts, Paragraph, Table
from prodmode.document.page import count, money

if TYPE_CHECKING:
    import pandas as pd

    from prodmode.document.blocks import Block
    from prodmode.instance.instance import Instance

MOST_ROWS = 12
"""Lines, and resources, that are shown one by one."""


def overview(instance: Instance) -> Document:
    """Return what an instance is about: its figures, then its first lines and resources.

    Parameters
    ----------
    instance : Instance
    """
    blocks: list[Block] = []
    if instance.settings.description:
        blocks.append(Paragraph(instance.settings.description))
    blocks += [Facts(tuple(_facts(instance))), _lines(instance)]
    if len(instance.resources):
        blocks.append(_resources(instance))
    return Document(instance.name, tuple(blocks))


def _facts(instance: Instance) -> list[tuple[str, str]]:
    figures, periods = instance.summary(), instance.periods
    modes = ", ".join(f"{number:,} {mode}" for mode, number in figures["options_by_mode"].items() if number)
    span = periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
    facts = [
        ("lines", f"{figures['lines']:,}"),
        ("options", f"{figures['options']:,} ({modes})" if modes else "0"),
        ("periods", f"{figures['periods']:,} ({span})"),
        ("demand", f"{figures['demand']:,.0f} units"),
    ]
    nouns = ("sites", "resources", "investments", "limits", "scenarios")
    facts += [(noun, f"{figures[noun]:,}") for noun in nouns if figures[noun]]
    if figures["capex_limit"] is not None:
        facts.append(("budget", f"{money(figures['capex_limit'], instance.currency)} of capex"))
    if figures["ineligible_options"]:
        facts.append(("cannot be chosen", count(figures["ineligible_options"], "option")))
    if instance.warnings:
        facts.append(("odd", f"{count(len(instance.warnings), 'warning')}; see .warnings"))
    return facts


def _lines(instance: Instance) -> Table:
    """Return the first lines with what the market asks for and the ways to make each."""
    lines, demand, options = instance.lines.head(MOST_ROWS), instance.demand, instance.options
    asked = demand["line"].cat.codes.to_numpy()
    shown = asked < len(lines)
    units = np.bincount(asked[shown], demand["units"].to_numpy()[shown], minlength=len(lines))
    of_line, mode = options["line"].cat.codes.to_numpy(), options["mode"].astype("str").to_numpy()
    rows = tuple(
        (
            str(row["line"]),
            _text(row["name"]),
            _text(row["family"]),
            f"{row['price']:,.2f}",
            f"{units[at]:,.0f}",
            _ways(mode[of_line == at]),
        )
        for at, row in enumerate(lines.astype(object).to_dict("records"))
    )
    header = ("line", "name", "family", f"price ({instance.currency})", "demand", "ways to make it")
    of = _of(len(lines), len(instance.lines), "line")
    return _without_blanks(Table(header, rows, ("<", "<", "<", ">", ">", "<"), of))


def _ways(modes: Any) -> str:
    number = dict.fromkeys(modes, 0)
    for mode in modes:
        number[mode] += 1
    return ", ".join(f"{times} {mode}" if times > 1 else mode for mode, times in number.items())


def _resources(instance: Instance) -> Table:
    resources = instance.resources.head(MOST_ROWS)
    rows = tuple(
        (str(row["resource"]), _text(row["site"]), f"{row['capacity']:,.0f}", _text(row["unit"]))
        for row in resources.astype(object).to_dict("records")
    )
    of = _of(len(resources), len(instance.resources), "resource")
    header = ("resource", "site", "capacity a period", "unit")
    return _without_blanks(Table(header, rows, ("<", "<", ">", "<"), of))


def _of(shown: int, number: int, noun: str) -> str:
    return count(number, noun) if shown == number else f"the first {shown} of {count(number, noun)}"


def _without_blanks(table: Table) -> Table:
    """Return a table without the columns that no row fills."""
    keep = [at for at in range(len(table.header)) if any(row[at] for row in table.rows)]
    return Table(
        tuple(table.header[at] for at in keep),
        tuple(tuple(row[at] for at in keep) for row in table.rows),
        tuple(table.align[at] for at in keep),
        table.caption,
    )


def _text(value: pd.Series[Any] | object) -> str:
    return value if isinstance(value, str) else ""
