"""The best plan of a tiny instance by trying every one: an independent reading of the model.

Written with dicts and loops from the description of the model, not from the formulation. Every way to have
options in force and every way to buy investments is enumerated. What is left once these are chosen (setups,
tiers, quantities) differs from scenario to scenario only and is a small textbook program.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import pandas as pd

from tests.oracle.remainder import Remainder

if TYPE_CHECKING:
    from collections.abc import Iterator

    import prodmode as pm

Row = dict[str, Any]
Path = tuple[frozenset[str], ...]
"""Options of a line in force, period by period."""
Purchase = dict[tuple[str, int], int]
"""Copies of an investment bought in a period."""

EPSILON = 1e-9


def best_profit(instance: pm.Instance) -> float | None:
    """Return the largest expected net present value, None where no plan is feasible."""
    return Search(Facts(instance)).best()


class Facts:
    """The tables of an instance as rows by name, and what follows from them at once."""

    def __init__(self, instance: pm.Instance) -> None:
        def rows(table: str) -> list[Row]:
            records = instance.table(table).to_dict("records")
            return [
                {str(key): None if pd.isna(value) else value for key, value in row.items()} for row in records
            ]

        self.settings = instance.settings
        self.labels = list(instance.periods)
        self.T = range(len(self.labels))
        self.lines: dict[str, Row] = {row["line"]: row for row in rows("lines")}
        self.options: dict[str, Row] = {row["option"]: row for row in rows("options")}
        self.resources: dict[str, Row] = {row["resource"]: row for row in rows("resources")}
        self.investments: dict[str, Row] = {row["investment"]: row for row in rows("investments")}
        self.usage, self.expansions, self.limits = rows("usage"), rows("expansions"), rows("limits")
        self.changes = rows("changes")
        self.tiers: dict[str, list[Row]] = {}
        for row in sorted(rows("tiers"), key=lambda tier: float(tier["from_units"])):
            self.tiers.setdefault(row["option"], []).append(row)
        self.demand_rows = {(row["line"], row["period"]): row for row in rows("demand")}
        self.capacity_rows = {(row["resource"], row["period"]): row for row in rows("capacity")}
        self.budget = {row["period"]: row["capex_limit"] for row in rows("budgets")}
        self.scenarios = {row["scenario"]: row["probability"] for row in rows("scenarios")} or {"base": 1.0}
        self.options_of = {
            line: [o for o, row in self.options.items() if row["line"] == line] for line in self.lines
        }

    def rho(self, t: int) -> float:
        """Discount factor."""
        return float((1 + self.settings.discount_rate) ** (-t * self.settings.months_per_period / 12))

    def within(self, row: Row, t: int) -> bool:
        """Whether a period is between first_period and last_period of a row."""
        first = 0 if row["first_period"] is None else self.labels.index(row["first_period"])
        last = len(self.labels) - 1 if row["last_period"] is None else self.labels.index(row["last_period"])
        return first <= t <= last

    def eligible(self, option: str) -> bool:
        """Whether an option is fast and good enough for its line."""
        row, line = self.options[option], self.lines[self.options[option]["line"]]
        slow = line["max_lead_time_days"] is not None and row["lead_time_days"] > line["max_lead_time_days"]
        known = line["min_quality"] is not None and row["quality"] is not None
        return not slow and not (known and row["quality"] < line["min_quality"])

    def possible(self, option: str, t: int) -> bool:
        """Whether an option can be in force in a period."""
        row = self.options[option]
        if not (self.within(self.lines[row["line"]], t) and self.within(row, t) and self.eligible(option)):
            return False
        if row["requires"] is None:
            return True
        needed = self.investments[row["requires"]]
        return any(
            self.within(needed, s) and needed["max_copies"] > 0 and s + needed["lead_time_periods"] <= t
            for s in self.T
        )

    def factor(self, scenario: str, quantity: str, t: int, **attributes: Any) -> float:
        """Product of a scenario's changes of a quantity that match."""
        result = 1.0
        for change in self.changes:
            if change["scenario"] != scenario or change["quantity"] != quantity:
                continue
            if change["period"] is not None and change["period"] != self.labels[t]:
                continue
            filters = ("line", "family", "mode", "site", "resource")
            if all(change[name] is None or change[name] == attributes.get(name) for name in filters):
                result *= change["factor"]
        return result

    def attributes(self, option: str) -> Row:
        """What a filter can select an option by."""
        row = self.options[option]
        family = self.lines[row["line"]]["family"]
        return {"line": row["line"], "family": family, "mode": row["mode"], "site": row["site"]}

    def demand(self, scenario: str, line: str, t: int) -> float:
        """Units asked for."""
        row = self.demand_rows.get((line, self.labels[t]))
        units = 0.0 if row is None else row["units"]
        return float(units * self.factor(scenario, "demand", t, line=line, family=self.lines[line]["family"]))

    def price(self, scenario: str, option: str, t: int) -> float:
        """Price of a unit sold."""
        line = self.options[option]["line"]
        row = self.demand_rows.get((line, self.labels[t]))
        own = None if row is None else row["price"]
        price = float(self.lines[line]["price"]) if own is None else float(own)
        factor = self.options[option]["price_factor"]
        return float(price * factor * self.factor(scenario, "price", t, **self.attributes(option)))

    def good_share(self, scenario: str, option: str, t: int) -> float:
        """Good units per unit made."""
        factor = self.factor(scenario, "yield", t, **self.attributes(option))
        return float(self.options[option]["yield"] * factor)

    def cost_factor(self, scenario: str, option: str, t: int) -> float:
        """What unit and tier costs are multiplied by."""
        return self.factor(scenario, "unit_cost", t, **self.attributes(option))

    def capacity(self, scenario: str, resource: str, t: int) -> float:
        """Resource there is, without investments and overtime."""
        row = self.resources[resource]
        own = self.capacity_rows.get((resource, self.labels[t])) or row
        return float(
            own["capacity"] * self.factor(scenario, "capacity", t, resource=resource, site=row["site"])
        )

    def stockable(self, option: str) -> bool:
        """Whether what an option makes can be kept."""
        row = self.options[option]
        return self.lines[row["line"]]["holding_cost"] is not None and row["mode"] != "custom"

    def market(self, scenario: str, option: str, t: int) -> float:
        """Most an option can sell in a period."""
        if not self.possible(option, t):
            return 0.0
        row = self.options[option]
        return float(row["demand_factor"] * self.demand(scenario, row["line"], t))

    def later_market(self, scenario: str, option: str, t: int) -> float:
        """Most an option can still sell after a period: there is no use in more stock."""
        return sum(self.market(scenario, option, s) for s in self.T if s > t)

    def most_made(self, scenario: str, option: str, t: int) -> float:
        """Most an option makes in a period: nobody makes units only to scrap them."""
        row = self.options[option]
        sellable = self.market(scenario, option, t)
        if self.stockable(option):
            sellable += self.later_market(scenario, option, t)
        most = max(sellable / self.good_share(scenario, option, t), row["min_lot"])
        if row["tier_kind"] == "all_units":
            most = max(most, *(tier["from_units"] for tier in self.tiers[option]))
        return float(most if row["max_units"] is None else min(most, row["max_units"]))


class Search:
    """Every first stage, the most promising first, until no other can be better."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.every_copy = {(k, t): row["max_copies"] for k, row in facts.investments.items() for t in facts.T}

    def best(self) -> float | None:
        """Return the largest profit, None where nothing is feasible."""
        facts = self.facts
        paths = {line: list(self.paths_with_ceiling(line)) for line in facts.lines}
        purchases = sorted(
            ((self.purchase_profit(purchase), purchase) for purchase in self.purchases()),
            key=lambda priced: -priced[0],
        )
        plans = []
        for chosen in product(*paths.values()):
            plan = dict(zip(paths, (path for path, _ in chosen), strict=True))
            allowed = [priced for priced in purchases if self.allowed(plan, priced[1])]
            if allowed:
                plans.append((sum(ceiling for _, ceiling in chosen) + allowed[0][0], plan, allowed))
        best: float | None = None
        for ceiling, plan, allowed in sorted(plans, key=lambda candidate: -candidate[0]):
            if best is not None and ceiling <= best:
                break
            best = self.best_with(plan, allowed, best)
        return best

    def best_with(
        self, plan: dict[str, Path], purchases: list[tuple[float, Purchase]], best: float | None
    ) -> float | None:
        """Return the larger of `best` and the largest profit with given options in force."""
        facts = self.facts
        before = sum(self.path_profit(line, path) for line, path in plan.items())
        ceiling = self.expected(plan, self.every_copy, limits=True)
        if ceiling is None:
            return best
        for paid, purchase in purchases:
            if best is not None and before + paid + ceiling <= best:
                break
            service = {(k, t): self.in_service(purchase, k, t) for k in facts.investments for t in facts.T}
            remainder = self.expected(plan, service, limits=True, purchase=purchase)
            if remainder is not None and (best is None or before + paid + remainder > best):
                best = before + paid + remainder
        return best

    # options in force

    def paths(self, line: str) -> Iterator[Path]:
        """Yield every way to have options of a line in force over the horizon."""
        facts, row = self.facts, self.facts.lines[line]
        choices: list[list[frozenset[str]]] = []
        for t in facts.T:
            if not facts.within(row, t):
                choices.append([frozenset()])
                continue
            can = [option for option in facts.options_of[line] if facts.possible(option, t)]
            sizes = range(1 if row["required"] else 0, row["max_options"] + 1)
            choices.append([frozenset(some) for size in sizes for some in combinations(can, size)])
        market = [t for t in facts.T if facts.within(row, t)]
        for path in product(*choices):
            counted = [
                (option, t)
                for option, t in self.starts(line, path)
                if not (row["current_option"] is None and t == market[0])
            ]
            if len(counted) <= row["max_switches"]:
                yield path

    def before(self, line: str, path: Path, t: int) -> frozenset[str]:
        """Options in force in the period before."""
        current = self.facts.lines[line]["current_option"]
        if t > 0:
            return path[t - 1]
        return frozenset() if current is None else frozenset([current])

    def starts(self, line: str, path: Path) -> list[tuple[str, int]]:
        """Options that start, and when."""
        return [(option, t) for t in self.facts.T for option in sorted(path[t] - self.before(line, path, t))]

    def exits(self, line: str, path: Path) -> list[tuple[str, int]]:
        """Options that are left, and when."""
        return [(option, t) for t in self.facts.T for option in sorted(self.before(line, path, t) - path[t])]

    def path_profit(self, line: str, path: Path) -> float:
        """What options in force, starts and exits bring, whatever is made."""
        facts, profit = self.facts, 0.0
        for t in facts.T:
            profit -= facts.rho(t) * sum(facts.options[option]["fixed_cost"] for option in path[t])
        for option, t in self.starts(line, path):
            row = facts.options[option]
            profit -= facts.rho(t) * (row["startup_cost"] + row["tooling_capex"])
        for option, t in self.exits(line, path):
            profit -= facts.rho(t) * facts.options[option]["exit_cost"]
        return profit

    def paths_with_ceiling(self, line: str) -> Iterator[tuple[Path, float]]:
        """Yield paths with the profit they would have with all capacity to themselves and no limits."""
        for path in self.paths(line):
            alone = self.expected({line: path}, self.every_copy, limits=False)
            if alone is not None:
                yield path, alone + self.path_profit(line, path)

    # purchases

    def purchases(self) -> Iterator[Purchase]:
        """Yield every way to buy."""
        facts = self.facts
        places = [(k, t) for k, row in facts.investments.items() for t in facts.T if facts.within(row, t)]
        for copies in product(*(range(facts.investments[k]["max_copies"] + 1) for k, _ in places)):
            purchase = dict(zip(places, copies, strict=True))
            total = {k: sum(n for (j, _), n in purchase.items() if j == k) for k in facts.investments}
            if all(total[k] <= row["max_copies"] for k, row in facts.investments.items()):
                yield purchase

    def in_service(self, purchase: Purchase, k: str, t: int) -> int:
        """Copies of an investment in service."""
        lead = self.facts.investments[k]["lead_time_periods"]
        return sum(copies for (j, s), copies in purchase.items() if j == k and s + lead <= t)

    def purchase_profit(self, purchase: Purchase) -> float:
        """What purchases bring: capex, upkeep and salvage."""
        facts, profit = self.facts, 0.0
        for (k, t), copies in purchase.items():
            row = facts.investments[k]
            profit -= facts.rho(t) * row["capex"] * copies
            profit += facts.rho(facts.T[-1]) * row["salvage_share"] * row["capex"] * copies
        for k, row in facts.investments.items():
            for t in facts.T:
                profit -= facts.rho(t) * row["upkeep_cost"] * self.in_service(purchase, k, t)
        return profit

    # both together

    def allowed(self, plan: dict[str, Path], purchase: Purchase) -> bool:
        """Whether what is required is in service and the budget suffices."""
        facts = self.facts
        for path in plan.values():
            for t in facts.T:
                for option in path[t]:
                    needed = facts.options[option]["requires"]
                    if needed is not None and self.in_service(purchase, needed, t) < 1:
                        return False
        if not facts.budget:
            return True
        left = 0.0
        for t in facts.T:
            left = (left if facts.settings.budget_carryover else 0.0) + facts.budget[facts.labels[t]]
            left -= sum(
                facts.investments[k]["capex"] * copies for (k, s), copies in purchase.items() if s == t
            )
            for line, path in plan.items():
                for option, start in self.starts(line, path):
                    left -= facts.options[option]["tooling_capex"] if start == t else 0.0
            if left < -EPSILON:
                return False
        return True

    def expected(
        self,
        plan: dict[str, Path],
        service: dict[tuple[str, int], int],
        *,
        limits: bool,
        purchase: Purchase | None = None,
    ) -> float | None:
        """Return the expected profit of all that comes after the first stage, None where none is feasible.

        Limits on capex hold only where a purchase is given.
        """
        starts = [start for line, path in plan.items() for start in self.starts(line, path)]
        total = 0.0
        for scenario, probability in self.facts.scenarios.items():
            remainder = Remainder(self.facts, scenario, plan, service)
            if limits:
                remainder.add_limits(starts, purchase)
            profit = remainder.solve()
            if profit is None:
                return None
            total += probability * profit
        return total
