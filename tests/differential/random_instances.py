"""Random small portfolios with uneven figures that together switch on every feature."""

from __future__ import annotations

import random
from typing import Any

import prodmode as pm

Row = dict[str, Any]
Portfolio = tuple[Row, dict[str, list[Row]]]
"""Settings, and tables of plain rows in which blanks are left out."""

MODES = ("mass", "custom", "outsourced")
SITES = ("plant", "workshop", "far supplier")
FAMILIES = ("red", "blue's")
MEASURES = ("lines", "units", "spend", "revenue", "emissions", "setups", "capex")
QUANTITIES = ("demand", "price", "unit_cost", "capacity", "yield")


def build(portfolio: Portfolio) -> pm.Instance:
    """Return the instance of a portfolio."""
    settings, tables = portfolio
    return pm.Instance.from_tables(settings, {name: rows for name, rows in tables.items() if rows})


def portfolio(seed: int) -> Portfolio:
    """Return the portfolio of a seed."""
    return _Dice(random.Random(seed)).portfolio()  # noqa: S311


class _Dice:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.periods = [f"year {t}" for t in range(1, rng.randint(2, 4) + 1)]
        self.tables: dict[str, list[Row]] = {}

    def between(self, low: float, high: float) -> float:
        return round(self.rng.uniform(low, high), 2)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def rows(self, table: str) -> list[Row]:
        return self.tables.setdefault(table, [])

    def maybe(self, row: Row, share: float, column: str, value: Any) -> None:
        if self.chance(share):
            row[column] = value

    def portfolio(self) -> Portfolio:
        settings: Row = {"name": "random", "periods": self.periods}
        self.maybe(settings, 0.6, "discount_rate", self.between(0.02, 0.2))
        self.maybe(settings, 0.3, "months_per_period", self.rng.choice((1, 3, 6)))
        self.maybe(settings, 0.4, "carbon_price", self.between(50, 900))
        self.maybe(settings, 0.4, "budget_carryover", False)
        self.rows("sites").extend({"site": site} for site in SITES)
        self.investments()
        for number in range(self.rng.randint(1, 3)):
            self.resource(f"resource {number}")
        for number in range(self.rng.randint(2, 5)):
            self.line(f"line {number}")
        if self.chance(0.5):
            cost = self.between(10, 200)
            for period in self.periods:
                limit = round(cost * self.rng.uniform(0.2, 1.5), 2)
                self.rows("budgets").append({"period": period, "capex_limit": limit})
        if self.chance(0.5):
            self.scenarios()
        for number in range(self.rng.choice((0, 0, 1, 1, 2))):
            self.limit(f"limit {number}")
        return settings, self.tables

    def window(self, row: Row, share: float) -> None:
        if self.chance(share):
            first, last = sorted(self.rng.choices(range(len(self.periods)), k=2))
            row["first_period"], row["last_period"] = self.periods[first], self.periods[last]

    def investments(self) -> None:
        for number in range(self.rng.choice((0, 1, 1, 2))):
            row: Row = {"investment": f"project {number}", "capex": self.between(-10, 90)}
            self.maybe(row, 0.5, "site", self.rng.choice(SITES))
            self.maybe(row, 0.5, "upkeep_cost", self.between(-1, 5))
            self.maybe(row, 0.3, "lead_time_periods", self.rng.choice((1, 1, 2)))
            self.maybe(row, 0.4, "max_copies", self.rng.choice((2, 3)))
            self.maybe(row, 0.4, "salvage_share", self.between(0.1, 0.9))
            self.window(row, 0.15)
            self.rows("investments").append(row)

    def resource(self, name: str) -> None:
        row: Row = {"resource": name, "capacity": self.between(10, 60)}
        self.maybe(row, 0.7, "site", self.rng.choice(SITES))
        if self.chance(0.4):
            row |= {"overtime_max": self.between(2, 20), "overtime_cost": self.between(-0.5, 6)}
        self.rows("resources").append(row)
        for period in self.periods:
            if self.chance(0.15):
                capacity = {"resource": name, "period": period, "capacity": self.between(5, 70)}
                self.rows("capacity").append(capacity)
        for investment in self.rows("investments"):
            if self.chance(0.7):
                added = {"capacity_added": self.between(5, 30)}
                self.rows("expansions").append(
                    {"investment": investment["investment"], "resource": name} | added
                )

    def line(self, name: str) -> None:
        line: Row = {"line": name, "price": self.between(6, 25)}
        self.rows("lines").append(line)
        self.maybe(line, 0.7, "family", self.rng.choice(FAMILIES))
        self.maybe(line, 0.3, "required", False)
        self.maybe(line, 0.25, "min_fill_rate", self.between(0.1, 0.8))
        self.maybe(line, 0.4, "lost_sale_penalty", self.between(-0.5, 5))
        self.maybe(line, 0.5, "holding_cost", self.between(-0.3, 2))
        self.maybe(line, 0.3, "max_options", 2)
        self.maybe(line, 0.6, "max_switches", self.rng.choice((0, 2, 3)))
        self.window(line, 0.2)
        level = self.between(5, 30)
        for period in self.periods:
            if self.chance(0.9):
                units = round(level * self.rng.uniform(0.3, 1.5), 2)
                row: Row = {"line": name, "period": period, "units": units}
                self.maybe(row, 0.2, "price", self.between(5, 30))
                self.rows("demand").append(row)
        options = [self.option(line, f"{name}, way {number}") for number in range(self.rng.randint(1, 4))]
        if self.chance(0.5):
            current = self.rng.choice(options)
            line["current_option"] = current["option"]
            if "holding_cost" in line and current["mode"] != "custom":
                self.maybe(line, 0.6, "initial_stock", self.between(1, 15))
        if self.chance(0.25):
            line |= {"max_lead_time_days": 20, "min_quality": 3}
            for option in options[1:]:
                self.maybe(option, 0.7, "lead_time_days", self.rng.choice((5, 20, 25)))
                self.maybe(option, 0.7, "quality", self.rng.choice((2, 3, 4)))

    def option(self, line: Row, name: str) -> Row:
        row: Row = {"option": name, "line": line["line"], "mode": self.rng.choice(MODES)}
        for column, share, low, high in (
            ("fixed_cost", 0.5, -3, 15),
            ("startup_cost", 0.4, -8, 25),
            ("tooling_capex", 0.4, -8, 40),
            ("exit_cost", 0.4, -8, 15),
            ("setup_cost", 0.35, -3, 15),
            ("min_lot", 0.25, 2, 15),
            ("yield", 0.35, 0.5, 1),
            ("price_factor", 0.35, 0.7, 1.4),
            ("demand_factor", 0.3, 0.5, 1.4),
            ("emissions_per_unit", 0.5, 0, 8),
        ):
            self.maybe(row, share, column, self.between(low, high))
        self.maybe(row, 0.3, "max_units", self.between(4, 25) + row.get("min_lot", 0))
        self.maybe(row, 0.6, "site", self.rng.choice(SITES))
        if self.chance(0.4):
            self.tiers(row)
        else:
            row["unit_cost"] = self.between(-1, 14)
        if self.rows("investments") and self.chance(0.3):
            row["requires"] = self.rng.choice(self.rows("investments"))["investment"]
        self.window(row, 0.12)
        for resource in self.rows("resources"):
            if self.chance(0.5):
                usage: Row = {"option": name, "resource": resource["resource"]}
                self.maybe(usage, 0.8, "per_unit", self.between(0.1, 1.2))
                self.maybe(usage, 0.3, "per_setup", self.between(0.5, 4))
                self.maybe(usage, 0.3, "per_period", self.between(0.5, 4))
                self.rows("usage").append(usage)
        self.rows("options").append(row)
        return row

    def tiers(self, option: Row) -> None:
        option["tier_kind"] = self.rng.choice(("incremental", "all_units"))
        start, cost = 0.0, self.between(6, 14)
        for _ in range(self.rng.randint(1, 4)):
            self.rows("tiers").append(
                {"option": option["option"], "from_units": round(start, 2), "unit_cost": round(cost, 2)}
            )
            start += self.between(1, 12)
            cost += self.between(-5, 1.5)

    def scenarios(self) -> None:
        share = self.between(0.2, 0.8)
        names = {"calm": share, "rough": round(1 - share, 2)}
        self.rows("scenarios").extend({"scenario": name, "probability": p} for name, p in names.items())
        for _ in range(self.rng.randint(1, 6)):
            quantity = self.rng.choice(QUANTITIES)
            row: Row = {"scenario": self.rng.choice(list(names)), "quantity": quantity}
            row["factor"] = self.between(0.6, 1.0 if quantity == "yield" else 1.5)
            self.maybe(row, 0.4, "period", self.rng.choice(self.periods))
            if quantity == "capacity":
                self.maybe(row, 0.3, "resource", self.rng.choice(self.rows("resources"))["resource"])
            else:
                self.maybe(row, 0.3, "line", self.rng.choice(self.rows("lines"))["line"])
                self.maybe(row, 0.3, "family", self.rng.choice(self.families()))
            if quantity != "demand":
                self.maybe(row, 0.3, "site", self.rng.choice(SITES))
            if quantity not in {"demand", "capacity"}:
                self.maybe(row, 0.3, "mode", self.rng.choice(MODES))
            self.rows("changes").append(row)

    def families(self) -> list[str | None]:
        return [*sorted({line["family"] for line in self.rows("lines") if "family" in line})] or [None]

    def limit(self, name: str) -> None:
        row: Row = {"limit": name, "measure": self.rng.choice(MEASURES)}
        self.maybe(row, 0.4, "mode", self.rng.choice(MODES))
        self.maybe(row, 0.25, "site", self.rng.choice(SITES))
        self.maybe(row, 0.2, "family", self.rng.choice(self.families()))
        self.maybe(row, 0.2, "line", self.rng.choice(self.rows("lines"))["line"])
        self.maybe(row, 0.6, "period", self.rng.choice(["each", *self.periods]))
        lines = len(self.rows("lines"))
        total = {
            "lines": lines,
            "units": 15 * lines,
            "spend": 120 * lines,
            "revenue": 200 * lines,
            "emissions": 40 * lines,
            "setups": lines,
            "capex": 30 * lines,
        }[row["measure"]]
        spans = 1 if "period" in row else len(self.periods)
        if row["measure"] == "lines":
            spans = 1
        bound = self.rng.choice(("min", "max", "min_share", "max_share"))
        share = self.between(0.02, 0.4) if bound.startswith("min") else self.between(0.1, 0.8)
        row[bound] = share if bound.endswith("share") else round(share * total * spans, 2)
        self.rows("limits").append(row)
