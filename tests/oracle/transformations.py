"""Changes of a tiny portfolio whose effect on its optimum is known."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.oracle.tiny import Row, Tiny

NAMES = {
    "line", "option", "site", "resource", "investment", "family", "limit", "scenario", "period",
    "current_option", "requires", "first_period", "last_period",
}  # fmt: skip
"""Columns that hold a name."""

MONEY = {
    "lines": ("price", "lost_sale_penalty", "holding_cost"),
    "demand": ("price",),
    "options": ("unit_cost", "fixed_cost", "startup_cost", "tooling_capex", "exit_cost", "setup_cost"),
    "tiers": ("unit_cost",),
    "resources": ("overtime_cost",),
    "investments": ("capex", "upkeep_cost"),
    "budgets": ("capex_limit",),
}
"""Columns that hold money."""

MONEY_OF_A_UNIT = {
    "lines": ("price", "lost_sale_penalty", "holding_cost"),
    "demand": ("price",),
    "options": ("unit_cost", "emissions_per_unit"),
    "tiers": ("unit_cost",),
    "resources": ("overtime_cost",),
}
"""Columns that hold money, or kg, of one unit of a line or a resource."""

QUANTITIES = {
    "lines": ("initial_stock",),
    "demand": ("units",),
    "options": ("min_lot", "max_units"),
    "tiers": ("from_units",),
    "resources": ("capacity", "overtime_max"),
    "capacity": ("capacity",),
    "usage": ("per_setup", "per_period"),
    "expansions": ("capacity_added",),
}
"""Columns that hold units of a line or a resource."""


def scale(tiny: Tiny, columns: dict[str, tuple[str, ...]], factor: float) -> None:
    """Multiply columns of tables."""
    for table, names in columns.items():
        for row in tiny.rows(table):
            for name in names:
                if name in row:
                    row[name] *= factor


def scale_limits(tiny: Tiny, measures: set[str], factor: float) -> None:
    """Multiply min and max of the limits on some measures."""
    for row in tiny.rows("limits"):
        if row["measure"] in measures:
            for bound in {"min", "max"} & set(row):
                row[bound] *= factor


def add(tiny: Tiny, table: str, column: str, step: float, default: float = 0.0) -> None:
    """Add to a column, where a blank is the default."""
    for row in tiny.rows(table):
        row[column] = row.get(column, default) + step


def blank(tiny: Tiny, table: str, *columns: str) -> None:
    """Blank columns of a table."""
    for row in tiny.rows(table):
        for column in columns:
            row.pop(column, None)


def fill(tiny: Tiny, table: str, column: str, value: Any) -> None:
    """Fill a column of a table."""
    for row in tiny.rows(table):
        row[column] = value


def rename(tiny: Tiny, pattern: str) -> None:
    """Give everything another name; the pattern holds the old one."""

    def name(value: Any) -> Any:
        return value if value == "each" else pattern.format(value)

    tiny.settings["periods"] = [name(label) for label in tiny.settings["periods"]]
    for rows in tiny.tables.values():
        for row in rows:
            row |= {column: name(value) for column, value in row.items() if column in NAMES}


def shuffle(tiny: Tiny) -> None:
    """Put the rows of every table in another order; the tiers of an option go from small to large."""
    for rows in tiny.filled().values():
        random.Random(len(rows)).shuffle(rows)  # noqa: S311
        rows.reverse()
    tiny.rows("tiers").sort(key=lambda tier: float(tier["from_units"]))


def add_option(tiny: Tiny) -> None:
    """Give every line another option, which is better than most."""
    for line in tiny.rows("lines"):
        name = f"{line['line']}-new"
        option = {"option": name, "line": line["line"], "mode": "outsourced", "unit_cost": 6, "fixed_cost": 3}
        tiny.rows("options").append(option | {"quality": 5})


def removable(tiny: Tiny) -> list[str]:
    """Return options without which the rest still makes an instance: not current, another one eligible."""
    current = {line.get("current_option") for line in tiny.rows("lines")}
    lines = {line["line"]: line for line in tiny.rows("lines")}

    def eligible(option: Row) -> bool:
        line = lines[option["line"]]
        slow = option.get("lead_time_days", 0) > line.get("max_lead_time_days", 99)
        return not slow and option.get("quality", 99) >= line.get("min_quality", 0)

    return [
        option["option"]
        for option in tiny.rows("options")
        if option["option"] not in current
        and any(
            other["line"] == option["line"] and other is not option and eligible(other)
            for other in tiny.rows("options")
        )
    ]


def remove_option(tiny: Tiny, option: str) -> None:
    """Drop an option and all that is said of it."""
    for table in ("options", "tiers", "usage"):
        tiny.tables[table] = [row for row in tiny.rows(table) if row["option"] != option]


def duplicate_options(tiny: Tiny) -> None:
    """Give every option a twin."""
    for table in ("options", "tiers", "usage"):
        rows = tiny.rows(table)
        rows += [row | {"option": f"{row['option']}-twin"} for row in rows]


def split_scenarios(tiny: Tiny) -> None:
    """Put two scenarios of half the probability in the place of each; of the only one, too."""
    scenarios = tiny.rows("scenarios") or [{"scenario": "base", "probability": 1.0}]
    tiny.tables["scenarios"] = [
        {"scenario": f"{row['scenario']}-{half}", "probability": row["probability"] / 2}
        for row in scenarios
        for half in (1, 2)
    ]
    tiny.tables["changes"] = [
        row | {"scenario": f"{row['scenario']}-{half}"} for row in tiny.rows("changes") for half in (1, 2)
    ]


def join(one: Tiny, other: Tiny) -> Tiny:
    """Return both portfolios side by side; they must share no name but the periods."""
    both = one.copy()
    for table, rows in other.copy().filled().items():
        both.rows(table).extend(rows)
    return both
