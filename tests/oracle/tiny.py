"""Random tiny portfolios that together switch on every feature an instance can have.

Figures are small and round, so that an optimum is exact and a fault shows. A portfolio is settings and tables
of plain rows: tests change them before they become an instance.
"""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from typing import Any

import prodmode as pm

Row = dict[str, Any]
MEASURES = ("lines", "units", "spend", "revenue", "emissions", "setups", "capex")
BOUNDS = ("min", "max", "min_share", "max_share")


@dataclass
class Tiny:
    """Settings and tables of a tiny portfolio; blanks are left out."""

    settings: Row
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self, table: str) -> list[Row]:
        """Return the rows of a table, to read or to change."""
        return self.tables.setdefault(table, [])

    def copy(self) -> Tiny:
        """Return a copy that can be changed on its own."""
        return copy.deepcopy(self)

    def instance(self) -> pm.Instance:
        """Return the instance."""
        return pm.Instance.from_tables(self.settings, self.filled())

    def filled(self) -> dict[str, list[Row]]:
        """Return the tables that have rows."""
        return {name: rows for name, rows in self.tables.items() if rows}


def tiny_instance(seed: int) -> pm.Instance:
    """Return the tiny instance of a seed."""
    return tiny(random.Random(seed)).instance()  # noqa: S311


def tiny(rng: random.Random) -> Tiny:
    """Draw a tiny portfolio; `rng` may be hypothesis's own, which then shrinks what it drew."""
    return _Maker(rng).make()


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.periods = [f"q{t}" for t in range(1, rng.choice((1, 2, 2, 2, 3, 3)) + 1)]
        self.tiny = Tiny({"name": "tiny", "periods": self.periods})

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, *values: Any) -> Any:
        return self.rng.choice(values)

    def sometimes(self, row: Row, share: float, column: str, *values: Any) -> None:
        """Fill a cell of a row, but for most rows leave it blank."""
        if values and self.chance(share):
            row[column] = self.pick(*values)

    def make(self) -> Tiny:
        if self.chance(0.4):
            self.tiny.settings["discount_rate"] = self.pick(0.1, 0.21)
            if self.chance(0.5):
                self.tiny.settings["months_per_period"] = 3
        if self.chance(0.3):
            self.tiny.settings["carbon_price"] = self.pick(250, 500, 1000)
        self.tiny.tables["sites"] = [{"site": "plant"}, {"site": "supplier"}]
        self.investments()
        self.resources()
        for number in range(1, self.pick(1, 2, 2, 2) + 1):
            self.line(f"l{number}")
        self.budgets()
        self.scenarios()
        for number in range(1, self.pick(0, 1, 1, 2) + 1):
            self.limit(f"limit{number}")
        return self.tiny

    # what is shared

    def investments(self) -> None:
        if not self.chance(0.55):
            return
        for name in ("k1", "k2")[: self.pick(1, 1, 2)]:
            row: Row = {"investment": name, "capex": self.pick(20, 30, 40, 10, -8)}
            self.sometimes(row, 0.6, "site", "plant", "supplier")
            self.sometimes(row, 0.4, "upkeep_cost", 2, 5)
            self.sometimes(row, 0.3, "lead_time_periods", 1, 1, 2)
            if len(self.periods) < 3 or not self.tiny.rows("investments"):
                self.sometimes(row, 0.3, "max_copies", 2)
            self.sometimes(row, 0.4, "salvage_share", 0.25, 0.5)
            self.sometimes(row, 0.25, self.pick("first_period", "last_period"), *self.periods)
            self.tiny.rows("investments").append(row)

    def resources(self) -> None:
        for name in ("r1", "r2")[: self.pick(0, 1, 1, 2)]:
            row: Row = {"resource": name, "capacity": self.pick(6, 10, 14, 20)}
            self.sometimes(row, 0.6, "site", "plant", "supplier")
            if self.chance(0.4):
                row |= {"overtime_max": self.pick(2, 4, 8), "overtime_cost": self.pick(1, 3, 6)}
            self.tiny.rows("resources").append(row)
            if self.chance(0.35):
                period, capacity = self.pick(*self.periods), self.pick(4, 8, 16, 24)
                self.tiny.rows("capacity").append({"resource": name, "period": period, "capacity": capacity})
            for investment in [row["investment"] for row in self.tiny.rows("investments")]:
                if self.chance(0.6):
                    row = {"investment": investment, "resource": name, "capacity_added": self.pick(4, 8, 12)}
                    self.tiny.rows("expansions").append(row)

    def budgets(self) -> None:
        if not self.chance(0.45):
            return
        if self.chance(0.5):
            self.tiny.settings["budget_carryover"] = False
        self.tiny.tables["budgets"] = [
            {"period": period, "capex_limit": self.pick(0, 5, 10, 20, 40)} for period in self.periods
        ]

    # lines and their options

    def line(self, name: str) -> None:
        row: Row = {"line": name, "price": self.pick(12, 16, 20, 24)}
        self.tiny.rows("lines").append(row)
        self.sometimes(row, 0.6, "family", "red", "blue")
        self.sometimes(row, 0.25, "required", False)
        self.sometimes(row, 0.3, "min_fill_rate", 0.25, 0.5, 0.75, 1)
        self.sometimes(row, 0.35, "lost_sale_penalty", 1, 3, 6)
        self.sometimes(row, 0.45, "holding_cost", 0, 0.5, 1, 2, -0.5)
        if len(self.periods) < 3 or name == "l2":
            self.sometimes(row, 0.3, "max_options", 2)
        self.sometimes(row, 0.5, "max_switches", 0, 0, 2)
        if len(self.periods) > 1:
            self.sometimes(row, 0.2, self.pick("first_period", "last_period"), *self.periods)
        self.demand(name)
        count = self.pick(1, 2, 3, 3) if name == "l1" else self.pick(1, 2, 2)
        modes = self.rng.sample(("mass", "custom", "outsourced"), 3)
        options = [self.option(row, f"{name}-{number}", modes[number - 1]) for number in range(1, count + 1)]
        if self.chance(0.45):
            current = self.pick(*options)
            row["current_option"] = current["option"]
            if "holding_cost" in row and current["mode"] != "custom":
                self.sometimes(row, 0.6, "initial_stock", 2, 4, 8)
        self.eligibility(row, options)

    def demand(self, line: str) -> None:
        peak = self.pick(4, 8, 12)
        for period in self.periods:
            if period == self.periods[-1] or self.chance(0.85):
                row: Row = {"line": line, "period": period, "units": self.pick(peak, peak, peak // 2, 0)}
                self.sometimes(row, 0.25, "price", 10, 14, 18, 28)
                self.tiny.rows("demand").append(row)

    def eligibility(self, line: Row, options: list[Row]) -> None:
        if self.chance(0.2):
            line["max_lead_time_days"] = 20
            for option in options:
                option["lead_time_days"] = self.pick(10, 20, 20, 30)
        if self.chance(0.2):
            line["min_quality"] = 3
            for option in options:
                self.sometimes(option, 0.8, "quality", 2, 3, 4)
        if all(option.get("lead_time_days", 0) > 20 or option.get("quality", 3) < 3 for option in options):
            options[-1] |= {"lead_time_days": 20, "quality": 3}

    def option(self, line: Row, name: str, mode: str) -> Row:
        row: Row = {"option": name, "line": line["line"], "mode": mode}
        if self.chance(0.7):
            row["site"] = self.pick("plant", "supplier")
        for column, share, values in (
            ("fixed_cost", 0.5, (4, 8, 16)),
            ("startup_cost", 0.4, (5, 10, -4)),
            ("tooling_capex", 0.35, (10, 20, 30, -5)),
            ("exit_cost", 0.3, (3, 6, -6)),
            ("setup_cost", 0.35, (4, 10, 20, -2)),
            ("min_lot", 0.25, (3, 5, 8, 14)),
            ("yield", 0.3, (0.5, 0.8)),
            ("price_factor", 0.3, (0.75, 1.25, 1.5)),
            ("demand_factor", 0.25, (0.5, 0.75, 1.25)),
            ("emissions_per_unit", 0.5, (2, 5, 10)),
        ):
            self.sometimes(row, share, column, *values)
        if self.chance(0.25):
            row["max_units"] = self.pick(4, 6, 10) + row.get("min_lot", 0)
        if self.chance(0.35):
            self.tiers(row)
        else:
            row["unit_cost"] = self.pick(2, 5, 8, 10, 14)
        investments = self.tiny.rows("investments")
        if investments and self.chance(0.3):
            row["requires"] = self.pick(*investments)["investment"]
        if len(self.periods) > 1 and self.chance(0.15):
            row["first_period" if self.chance(0.5) else "last_period"] = self.pick(*self.periods)
        for resource in self.tiny.rows("resources"):
            if self.chance(0.6):
                usage: Row = {"option": name, "resource": resource["resource"]}
                usage["per_unit"] = self.pick(0, 0.25, 0.5, 1, 1)
                if self.chance(0.35):
                    usage["per_setup"] = self.pick(1, 2, 4)
                if self.chance(0.3):
                    usage["per_period"] = self.pick(1, 2, 4)
                self.tiny.rows("usage").append(usage)
        self.tiny.rows("options").append(row)
        return row

    def tiers(self, option: Row) -> None:
        kind = self.pick("incremental", "all_units")
        option["tier_kind"] = kind
        costs = self.pick((9, 6), (12, 8), (10, 8, 4), (12, 6, 3), (4, 8) if self.chance(0.5) else (14, 6))
        starts = self.pick((0, 4, 8), (0, 6, 10), (0, 8, 16))
        for start, cost in zip(starts, costs, strict=False):
            self.tiny.rows("tiers").append(
                {"option": option["option"], "from_units": start, "unit_cost": cost}
            )

    # futures and policies

    def scenarios(self) -> None:
        if not self.chance(0.4):
            return
        share = self.pick(0.25, 0.5, 0.75)
        self.tiny.tables["scenarios"] = [
            {"scenario": "low", "probability": share},
            {"scenario": "high", "probability": 1 - share},
        ]
        for _ in range(self.pick(1, 2, 3)):
            quantity = self.pick("demand", "price", "unit_cost", "capacity", "yield")
            row: Row = {"scenario": self.pick("low", "high"), "quantity": quantity}
            self.sometimes(row, 0.4, "period", *self.periods)
            resources = self.tiny.rows("resources")
            if quantity == "capacity":
                self.like(row, self.pick(*resources) if resources else {}, "resource", "site")
            else:
                option = self.pick(*self.tiny.rows("options"))
                line = next(line for line in self.tiny.rows("lines") if line["line"] == option["line"])
                self.like(row, line, "line", "family")
                if quantity != "demand":
                    self.like(row, option, "mode", "site")
            row["factor"] = self.pick(0.5, 0.75) if quantity == "yield" else self.pick(0.5, 0.75, 1.25, 1.5)
            self.tiny.rows("changes").append(row)

    def like(self, row: Row, example: Row, *columns: str) -> None:
        """Filter a row by what an example has."""
        for column in columns:
            if column in example:
                self.sometimes(row, 0.3, column, example[column])

    def limit(self, name: str) -> None:
        measure = self.pick(*MEASURES)
        row: Row = {"limit": name, "measure": measure}
        option = self.pick(*self.tiny.rows("options"))
        line = next(line for line in self.tiny.rows("lines") if line["line"] == option["line"])
        investments = self.tiny.rows("investments")
        if measure == "capex" and investments and self.chance(0.6):
            sites = [investment["site"] for investment in investments if "site" in investment]
            self.sometimes(row, 0.6, "site", *sites)
        else:
            self.sometimes(row, 0.5, "mode", option["mode"])
            self.sometimes(row, 0.3, "line", line["line"])
            self.like(row, option, "site")
            self.like(row, line, "family")
        self.sometimes(row, 0.6, "period", "each", "each", *self.periods)
        least, most = {
            "lines": ((1, 1, 2), (1, 1, 0)),
            "units": ((4, 8, 10, 14), (3, 4, 6, 10)),
            "spend": ((40, 60, 90), (20, 30, 50)),
            "revenue": ((60, 100, 140), (40, 60, 100)),
            "emissions": ((10, 20, 40), (5, 10, 20)),
            "setups": ((1, 2), (1, 1, 0)),
            "capex": ((10, 20, 30), (0, 10, 20)),
        }[measure]
        for bound in self.rng.sample(BOUNDS, self.pick(1, 1, 1, 2)):
            if bound == "min":
                row["min"] = self.pick(*least)
            elif bound == "max":
                row["max"] = self.pick(*most)
            elif bound == "min_share":
                row["min_share"] = self.pick(0.25, 0.4, 0.5, 0.75)
            else:
                row["max_share"] = self.pick(0.25, 0.5, 0.6, 0)
        for low, high in (("min", "max"), ("min_share", "max_share")):
            if row.get(low, 0) > row.get(high, 1e9):
                row[low] = row[high]
        self.tiny.rows("limits").append(row)
