"""What is in an instance, for a terminal and as data: counts, what it makes use of, the size of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.document.page import count, percent, plain
from prodmode.instance.fields import MODES
from prodmode.report.terminal import MOST_ROWS

if TYPE_CHECKING:
    from prodmode.document.page import Align, Page
    from prodmode.instance.instance import Instance

MOST_SITES = 12
"""Sites listed, those with most options first."""

LARGEST = 200_000
"""Options times periods times scenarios up to which the model is built to tell its size."""

_MOST_INELIGIBLE = 5
_COUNTED = ("sites", "resources", "investments", "limits", "scenarios")


def instance_text(instance: Instance, page: Page) -> str:
    """Return what an instance holds, with the options that cannot be chosen.

    Parameters
    ----------
    instance : Instance
        A valid instance.
    page : Page
        What to set the text on.
    """
    figures = instance.summary()
    periods = instance.periods
    modes = ", ".join(f"{number:,} {mode}" for mode, number in figures["options_by_mode"].items() if number)
    span = f" ({periods[0]} to {periods[-1]})" if len(periods) > 1 else f" ({periods[0]})"
    length = f", of {instance.settings.months_per_period:g} months each"
    facts = [
        ("lines", _lines(instance)),
        ("options", f"{figures['options']:,} ({modes})" if modes else "0"),
        ("periods", f"{figures['periods']:,}{span}{length}"),
        ("demand", f"{figures['demand']:,.0f} units"),
        *((noun, f"{figures[noun]:,}") for noun in _COUNTED if figures[noun]),
    ]
    if figures["capex_limit"] is not None:
        facts.append(("budget", f"{figures['capex_limit']:,.0f} {instance.currency} of capex"))
    if used := features(instance):
        facts.append(("makes use of", ", ".join(used)))
    facts.append(("model", model_size(instance)["words"]))
    lines = [page.style(page.sayable(instance.name), "bold")]
    if instance.settings.description:
        lines.append(page.wrapped(page.sayable(instance.settings.description)))
    lines += ["", page.facts(facts), *_sites(instance, page), *_ineligible(instance, page)]
    return "\n".join(lines)


def features(instance: Instance) -> list[str]:
    """Return what an instance makes use of, in words."""
    settings, lines, options = instance.settings, instance.lines, instance.options
    resources, investments = instance.resources, instance.investments
    current = int(lines["current_option"].notna().sum())
    used = {
        f"discounting at {percent(settings.discount_rate)} a year": settings.discount_rate != 0,
        f"a carbon price of {settings.carbon_price:g}": settings.carbon_price != 0,
        f"options in force today ({current:,})": current > 0,
        "optional lines": not lines["required"].all(),
        "least fill rates": (lines["min_fill_rate"] > 0).any(),
        "penalties for lost sales": (lines["lost_sale_penalty"] != 0).any(),
        "stock": lines["holding_cost"].notna().any(),
        "several options at once": (lines["max_options"] > 1).any(),
        "lot sizes": (options["min_lot"] > 0).any(),
        "setups": (options["setup_cost"] != 0).any() or (instance.usage["per_setup"] > 0).any(),
        "price breaks": len(instance.tiers) > 0,
        "yields": (options["yield"] < 1).any(),
        "overtime": (resources["overtime_max"] > 0).any(),
        "investments that add capacity": len(instance.expansions) > 0,
        "investments that options require": options["requires"].notna().any(),
        "salvage": (investments["salvage_share"] > 0).any(),
        "tooling": (options["tooling_capex"] != 0).any(),
    }
    return [words for words, true in used.items() if true]


def model_size(instance: Instance) -> dict[str, Any]:
    """Return the size of the model: rows, columns, integers; None where it is too large to build for that.

    Returns
    -------
    dict
        ``rows``, ``columns``, ``integer_columns``, ``nonzeros``, and ``words`` for people.
    """
    options, scenarios = len(instance.options), max(1, len(instance.scenarios))
    cells = options * len(instance.periods) * scenarios
    if cells > LARGEST:
        words = f"{cells:,} options in periods and scenarios to decide on"
        return {"rows": None, "columns": None, "integer_columns": None, "nonzeros": None, "words": words}
    from prodmode.formulation import formulate  # noqa: PLC0415 (only where it is quick)

    mip = formulate(instance).mip
    rows, columns = mip.matrix.shape
    integers = int(np.count_nonzero(mip.integer))
    words = f"{count(rows, 'row')}, {count(columns, 'column')}, {integers:,} of them integer"
    return {
        "rows": rows, "columns": columns, "integer_columns": integers, "nonzeros": int(mip.matrix.nnz),
        "words": words,
    }  # fmt: skip


def _lines(instance: Instance) -> str:
    families = len(instance.families)
    told = f"{len(instance.lines):,}"
    return f"{told} in {count(families, 'family').replace('familys', 'families')}" if families else told


def _sites(instance: Instance, page: Page) -> list[str]:
    """Return the options by site and mode."""
    if instance.sites.empty:
        return []
    options, sites = instance.options, instance.sites
    site, mode = options["site"].cat.codes.to_numpy(), options["mode"].cat.codes.to_numpy()
    number = np.zeros((len(sites) + 1, len(MODES)), dtype=np.int64)
    np.add.at(number, (site, mode), 1)
    order = np.argsort(-number[:-1].sum(axis=1), kind="stable")[:MOST_SITES]
    kinds, names = sites["kind"].astype("str"), sites["site"].astype("str")
    rows = [
        [names.iloc[at], kinds.iloc[at] if not sites["kind"].isna().iloc[at] else "", *_cells(number[at])]
        for at in order.tolist()
    ]
    if number[-1].any():
        rows.append(["(no site)", "", *_cells(number[-1])])
    sides: list[Align] = ["<", "<", ">", ">", ">"]
    table = page.table(["options at site", "kind", *MODES], rows, sides)
    more = len(sites) - len(order)
    return ["", table, *([f"and {count(more, 'more site')}"] if more > 0 else [])]


def _cells(numbers: np.ndarray[Any, Any]) -> list[str]:
    return [f"{number:,}" if number else "" for number in numbers.tolist()]


def _ineligible(instance: Instance, page: Page) -> list[str]:
    table = instance.ineligible
    if table.empty:
        return []
    shown = table if len(table) <= MOST_ROWS else table.head(_MOST_INELIGIBLE)
    cells = [[str(row.option), str(row.line), str(row.reason)] for row in shown.itertuples()]
    more = len(table) - len(cells)
    return [
        "",
        page.style(f"{count(len(table), 'option')} cannot be chosen", "bold"),
        page.table(["option", "line", "reason"], [[plain(cell) for cell in row] for row in cells]),
        *([f"and {more:,} more"] if more else []),
    ]
