"""Every feature of an instance, and how to switch it off in a tiny portfolio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.oracle.tiny import BOUNDS, MEASURES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracle.tiny import Row, Tiny


@dataclass(frozen=True)
class Feature:
    """A feature: its name, and what switches it off in a portfolio that may be changed."""

    name: str
    switch_off: Callable[[Tiny], object]

    def __str__(self) -> str:
        return self.name

    def without(self, tiny: Tiny) -> Tiny | None:
        """Return a portfolio without it, None where there is none of it to begin with."""
        changed = tiny.copy()
        self.switch_off(changed)
        same = changed.settings == tiny.settings and changed.filled() == tiny.filled()
        return None if same else changed


def _always(_value: Any) -> bool:
    return True


def _cell(
    table: str, column: str, when: Callable[[Any], bool] = _always, default: Any = None, suffix: str = ""
) -> Feature:
    """Blank the cells of a column that say something else than the default."""

    def switch_off(tiny: Tiny) -> None:
        for row in tiny.rows(table):
            if column in row and row[column] != default and when(row[column]):
                del row[column]

    return Feature(f"{table}.{column}{suffix}", switch_off)


def _rows(name: str, table: str, when: Callable[[Row], bool] = _always) -> Feature:
    """Drop rows of a table."""

    def switch_off(tiny: Tiny) -> None:
        tiny.tables[table] = [row for row in tiny.rows(table) if not when(row)]

    return Feature(name, switch_off)


def _bound(measure: str, bound: str) -> Feature:
    def switch_off(tiny: Tiny) -> None:
        for row in tiny.rows("limits"):
            if row["measure"] == measure:
                row.pop(bound, None)
        tiny.tables["limits"] = [row for row in tiny.rows("limits") if any(name in row for name in BOUNDS)]

    return Feature(f"limits: {bound} of {measure}", switch_off)


def _mode(mode: str, other: str) -> Feature:
    def switch_off(tiny: Tiny) -> None:
        for row in tiny.rows("options"):
            if row["mode"] == mode:
                row["mode"] = other
                for line in tiny.rows("lines"):
                    if other == "custom" and line.get("current_option") == row["option"]:
                        line.pop("initial_stock", None)

    return Feature(f"mode {mode}", switch_off)


def _tiers(name: str, when: Callable[[Row, list[Row]], bool]) -> Feature:
    def switch_off(tiny: Tiny) -> None:
        for row in tiny.rows("options"):
            tiers = [tier for tier in tiny.rows("tiers") if tier["option"] == row["option"]]
            if tiers and when(row, tiers):
                row["unit_cost"] = tiers[0]["unit_cost"]
                del row["tier_kind"]
                tiny.tables["tiers"] = [tier for tier in tiny.rows("tiers") if tier not in tiers]

    return Feature(name, switch_off)


def _increasing(tiers: list[Row]) -> bool:
    return bool(tiers[-1]["unit_cost"] > tiers[0]["unit_cost"])


def _stock(tiny: Tiny) -> None:
    for row in tiny.rows("lines"):
        row.pop("holding_cost", None)
        row.pop("initial_stock", None)


def _current(tiny: Tiny) -> None:
    for row in tiny.rows("lines"):
        row.pop("current_option", None)
        row.pop("initial_stock", None)


def _lots_above_demand(tiny: Tiny) -> None:
    for row in tiny.rows("options"):
        peak = max(demand["units"] for demand in tiny.rows("demand") if demand["line"] == row["line"])
        if row.get("min_lot", 0) > peak:
            del row["min_lot"]


def _scenarios(tiny: Tiny) -> None:
    tiny.tables["scenarios"], tiny.tables["changes"] = [], []


def _carryover(tiny: Tiny) -> None:
    if tiny.rows("budgets"):
        tiny.settings.pop("budget_carryover", None)


def _setting(name: str) -> Feature:
    return Feature(name, lambda tiny: tiny.settings.pop(name, None))


def _negative(value: float) -> bool:
    return value < 0


def _positive(value: float) -> bool:
    return value > 0


FEATURES: tuple[Feature, ...] = (
    _setting("discount_rate"),
    _setting("months_per_period"),
    _setting("carbon_price"),
    *(_mode(*pair) for pair in (("mass", "custom"), ("custom", "mass"))),
    # lines
    _cell("lines", "required", default=True),
    _cell("lines", "min_fill_rate"),
    _cell("lines", "lost_sale_penalty"),
    Feature("lines.holding_cost", _stock),
    Feature("lines.holding_cost granted", lambda tiny: [
        row.update(holding_cost=0) for row in tiny.rows("lines") if row.get("holding_cost", 0) < 0
    ]),
    _cell("lines", "initial_stock"),
    Feature("lines.current_option", _current),
    _cell("lines", "max_options"),
    _cell("lines", "max_switches", lambda value: value == 0, suffix=" 0"),
    _cell("lines", "max_switches", lambda value: value == 2, suffix=" 2"),
    *(_cell("lines", name) for name in ("first_period", "last_period", "max_lead_time_days", "min_quality")),
    _cell("demand", "price"),
    # options
    *(
        _cell("options", name, _positive)
        for name in (
            "fixed_cost", "startup_cost", "tooling_capex", "exit_cost", "setup_cost", "min_lot", "max_units",
            "yield", "price_factor", "demand_factor", "emissions_per_unit",
        )
    ),
    *(
        _cell("options", name, _negative, suffix=" granted")
        for name in ("startup_cost", "tooling_capex", "exit_cost", "setup_cost")
    ),
    *(_cell("options", name) for name in ("site", "requires", "first_period", "last_period")),
    Feature("min_lot above demand", _lots_above_demand),
    *(
        _tiers(f"{kind} tiers, {way}", lambda row, tiers, kind=kind, up=up: (  # type: ignore[misc]
            row["tier_kind"] == kind and _increasing(tiers) == up
        ))
        for kind in ("incremental", "all_units")
        for way, up in (("decreasing", False), ("increasing", True))
    ),
    # resources
    *(_cell("usage", name, _positive) for name in ("per_unit", "per_setup", "per_period")),
    _cell("resources", "overtime_max"),
    _cell("resources", "overtime_cost"),
    _rows("capacity of a period", "capacity"),
    # investments
    *(
        _cell("investments", name)
        for name in (
            "site", "upkeep_cost", "lead_time_periods", "max_copies", "salvage_share", "first_period",
            "last_period",
        )
    ),
    Feature("investments.capex granted", lambda tiny: [
        row.update(capex=0) for row in tiny.rows("investments") if row["capex"] < 0
    ]),
    _rows("expansions", "expansions"),
    _rows("budgets", "budgets"),
    Feature("budget without carry-over", _carryover),
    # limits
    *(_bound(measure, bound) for measure in MEASURES for bound in BOUNDS),
    *(_cell("limits", name) for name in ("mode", "site", "family", "line")),
    _cell("limits", "period", lambda value: value == "each", suffix=" each"),
    _cell("limits", "period", lambda value: value != "each", suffix=" label"),
    # scenarios
    Feature("scenarios", _scenarios),
    *(
        _rows(f"changes of {quantity}", "changes", lambda row, quantity=quantity: row["quantity"] == quantity)  # type: ignore[misc]
        for quantity in ("demand", "price", "unit_cost", "capacity", "yield")
    ),
    *(_cell("changes", name) for name in ("line", "family", "mode", "site", "resource", "period")),
)  # fmt: skip
"""Every feature, each of which must matter somewhere."""
