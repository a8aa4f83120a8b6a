"""How to take each feature out of a portfolio, to prove that the tests would notice if it did nothing."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.differential.random_instances import Portfolio, Row

    Change = Callable[[Row, dict[str, list[Row]]], None]

COSTS = {
    "options": ("unit_cost", "fixed_cost", "startup_cost", "tooling_capex", "exit_cost", "setup_cost"),
    "lines": ("holding_cost", "lost_sale_penalty"),
    "tiers": ("unit_cost",),
    "resources": ("overtime_cost",),
    "investments": ("capex", "upkeep_cost"),
}


def without(feature: str, portfolio: Portfolio) -> Portfolio | None:
    """Return the portfolio without a feature; None where it has none of it."""
    settings, tables = copy.deepcopy(portfolio)
    FEATURES[feature](settings, tables)
    changed = (settings, {name: rows for name, rows in tables.items() if rows})
    before = (portfolio[0], {name: rows for name, rows in portfolio[1].items() if rows})
    return changed if changed != before else None


def _blank(table: str, *columns: str) -> Change:
    """Take columns out of a table: blanks mean their defaults."""

    def change(_: Row, tables: dict[str, list[Row]]) -> None:
        for row in tables.get(table, []):
            for column in columns:
                row.pop(column, None)

    return change


def _drop(*names: str) -> Change:
    def change(_: Row, tables: dict[str, list[Row]]) -> None:
        for name in names:
            tables.pop(name, None)

    return change


def _keep(table: str, test: Callable[[Row], bool]) -> Change:
    def change(_: Row, tables: dict[str, list[Row]]) -> None:
        tables[table] = [row for row in tables.get(table, []) if test(row)]

    return change


def _fill(table: str, column: str, value: Any) -> Change:
    """Put one value into a column wherever it is filled."""

    def change(_: Row, tables: dict[str, list[Row]]) -> None:
        for row in tables.get(table, []):
            if column in row:
                row[column] = value

    return change


def _setting(name: str) -> Change:
    def change(settings: Row, _: dict[str, list[Row]]) -> None:
        settings.pop(name, None)

    return change


def _all(*changes: Change) -> Change:
    def change(settings: Row, tables: dict[str, list[Row]]) -> None:
        for each in changes:
            each(settings, tables)

    return change


def _no_tiers(kind: str) -> Change:
    """Let the first tier's cost hold for every quantity."""

    def change(_: Row, tables: dict[str, list[Row]]) -> None:
        for option in tables["options"]:
            if option.get("tier_kind") != kind:
                continue
            own = [tier for tier in tables["tiers"] if tier["option"] == option["option"]]
            tables["tiers"] = [tier for tier in tables["tiers"] if tier not in own]
            del option["tier_kind"]
            option["unit_cost"] = own[0]["unit_cost"]

    return change


def _no_carryover(settings: Row, tables: dict[str, list[Row]]) -> None:
    if "budgets" in tables:
        settings["budget_carryover"] = False


def _carryover(settings: Row, tables: dict[str, list[Row]]) -> None:
    if "budgets" in tables:
        settings.pop("budget_carryover", None)


def _no_grants(_: Row, tables: dict[str, list[Row]]) -> None:
    for table, columns in COSTS.items():
        for row in tables.get(table, []):
            for column in columns:
                if row.get(column, 0) < 0:
                    row[column] = 0


def _any_number_of_switches(_: Row, tables: dict[str, list[Row]]) -> None:
    for row in tables["lines"]:
        row["max_switches"] = 99


def _named(prefix: str, names: Iterable[str], change: Callable[[str], Change]) -> dict[str, Change]:
    return {f"{prefix} {name}": change(name) for name in names}


def _no_measure(measure: str) -> Change:
    return _keep("limits", lambda row: row["measure"] != measure)


def _no_change_of(quantity: str) -> Change:
    return _keep("changes", lambda row: row["quantity"] != quantity)


FEATURES: dict[str, Change] = {
    "incremental tiers": _no_tiers("incremental"),
    "all_units tiers": _no_tiers("all_units"),
    "minimum lots": _blank("options", "min_lot"),
    "setup costs": _blank("options", "setup_cost"),
    "most units": _blank("options", "max_units"),
    "stock": _blank("lines", "holding_cost", "initial_stock"),
    "holding costs": _fill("lines", "holding_cost", 0),
    "initial stock": _blank("lines", "initial_stock"),
    "current options": _blank("lines", "current_option", "initial_stock"),
    "switching limit": _any_number_of_switches,
    "startup costs": _blank("options", "startup_cost"),
    "exit costs": _blank("options", "exit_cost"),
    "tooling": _blank("options", "tooling_capex"),
    "fixed costs": _blank("options", "fixed_cost"),
    "yields": _blank("options", "yield"),
    "price factors": _blank("options", "price_factor"),
    "demand factors": _blank("options", "demand_factor"),
    "prices of a period": _blank("demand", "price"),
    "lead times": _blank("lines", "max_lead_time_days"),
    "quality": _blank("lines", "min_quality"),
    "dual sourcing": _blank("lines", "max_options"),
    "lines not required": _blank("lines", "required"),
    "fill rates": _blank("lines", "min_fill_rate"),
    "lost-sale penalties": _blank("lines", "lost_sale_penalty"),
    "negative costs": _no_grants,
    "carbon price": _setting("carbon_price"),
    "discounting": _setting("discount_rate"),
    "months of a period": _setting("months_per_period"),
    "overtime": _blank("resources", "overtime_max", "overtime_cost"),
    "capacity of a period": _drop("capacity"),
    "investments": _all(_drop("investments", "expansions"), _blank("options", "requires")),
    "expansions": _drop("expansions"),
    "unlocking": _blank("options", "requires"),
    "lead times of investments": _blank("investments", "lead_time_periods"),
    "several copies": _blank("investments", "max_copies"),
    "upkeep": _blank("investments", "upkeep_cost"),
    "salvage": _blank("investments", "salvage_share"),
    "budgets": _drop("budgets"),
    "budgets without carry-over": _carryover,
    "budgets with carry-over": _no_carryover,
    "scenarios": _drop("scenarios", "changes"),
    **_named("usage", ("per_unit", "per_setup", "per_period"), lambda name: _blank("usage", name)),
    **_named(
        "windows of",
        ("lines", "options", "investments"),
        lambda table: _blank(table, "first_period", "last_period"),
    ),
    **_named(
        "limits on",
        ("lines", "units", "spend", "revenue", "emissions", "setups", "capex"),
        _no_measure,
    ),
    **_named(
        "limits by",
        ("min", "max", "min_share", "max_share"),
        lambda bound: _keep("limits", lambda row: bound not in row),
    ),
    **_named(
        "limit filter",
        ("mode", "site", "family", "line", "period"),
        lambda column: _blank("limits", column),
    ),
    **_named("scenario", ("demand", "price", "unit_cost", "capacity", "yield"), _no_change_of),
    **_named(
        "change filter",
        ("line", "family", "mode", "site", "resource", "period"),
        lambda column: _blank("changes", column),
    ),
}
