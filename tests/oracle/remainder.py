"""What is left in a scenario once options in force and purchases are chosen, as a textbook program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

if TYPE_CHECKING:
    from tests.oracle.brute_force import Facts, Path, Purchase

Terms = dict[Any, float]
"""A sum of variables by their coefficients; the key None stands for the number 1."""

INFINITY = float("inf")
ROUNDING = 1e-9


class Program:
    """A mixed-integer program by the names of its variables."""

    def __init__(self) -> None:
        self.bounds: dict[Any, tuple[float, float]] = {}
        self.profit: Terms = {None: 0.0}
        self.binary: set[Any] = set()
        self.rows: list[tuple[Terms, float, float]] = []

    def variable(self, name: Any, most: float, profit: float, *, binary: bool = False) -> None:
        """Add a variable between 0 and `most`."""
        self.bounds[name] = (0.0, most)
        self.profit[name] = profit
        if binary:
            self.binary.add(name)

    def row(self, terms: Terms, low: float = -INFINITY, high: float = INFINITY) -> None:
        """Add low <= terms <= high."""
        constant = terms.get(None, 0.0)
        self.rows.append(
            ({key: value for key, value in terms.items() if key is not None}, low - constant, high - constant)
        )

    def solve(self) -> float | None:
        """Return the largest profit, None where nothing is feasible."""
        names = list(self.bounds)
        if any(low > ROUNDING or high < -ROUNDING for terms, low, high in self.rows if not terms):
            return None
        if not names:
            return self.profit[None]
        position = {name: column for column, name in enumerate(names)}
        rows = [row for row in self.rows if row[0]]
        matrix = np.zeros((len(rows), len(names)))
        for number, (terms, _, _) in enumerate(rows):
            for name, value in terms.items():
                matrix[number, position[name]] += value
        low, high = (np.array([row[side] for row in rows]) for side in (1, 2))
        cost = np.array([-self.profit[name] for name in names])
        bounds = np.array([self.bounds[name] for name in names])
        binaries = [position[name] for name in names if name in self.binary]
        if binaries:
            integrality = np.zeros(len(names), dtype=np.int64)
            integrality[binaries] = 1
            answer = milp(
                cost,
                integrality=integrality,
                bounds=Bounds(bounds[:, 0], bounds[:, 1]),
                constraints=[LinearConstraint(matrix, low, high)] if rows else [],
                options={"mip_rel_gap": 0.0},
            )
            if answer.status == 2:
                return None
            assert answer.status == 0, answer.message
            # a binary that is almost 0 or 1 leaves a little room that no plan has
            bounds[binaries] = np.round(answer.x[binaries])[:, None]
        upper, lower = np.isfinite(high), np.isfinite(low)
        rest = linprog(
            cost,
            A_ub=np.vstack([matrix[upper], -matrix[lower]]),
            b_ub=np.concatenate([high[upper], -low[lower]]),
            bounds=[(float(least), float(most)) for least, most in bounds],
            method="highs",
        )
        if rest.status == 2:
            assert not binaries, "feasible only where binaries are not quite whole"
            return None
        assert rest.status == 0, rest.message
        assert rest.fun is not None
        return self.profit[None] - float(rest.fun)


class Remainder:
    """Setups, tiers, units made, sold and kept, and overtime, in one scenario."""

    def __init__(
        self,
        facts: Facts,
        scenario: str,
        plan: dict[str, Path],
        service: dict[tuple[str, int], int],
    ) -> None:
        self.facts, self.scenario, self.plan = facts, scenario, plan
        self.program = Program()
        self.in_force = [(option, t) for path in plan.values() for t in facts.T for option in sorted(path[t])]
        self.cost_of_made: dict[tuple[str, int], Terms] = {}
        for option, t in self.in_force:
            self.add_option(option, t)
        for option, t in self.in_force:
            self.add_balance(option, t)
        for line in plan:
            for t in facts.T:
                if plan[line][t]:
                    self.add_demand(line, t)
        for resource in facts.resources:
            for t in facts.T:
                self.add_capacity(resource, t, service)

    def solve(self) -> float | None:
        """Return the profit in present value, None where nothing is feasible."""
        return self.program.solve()

    def usage(self, option: str) -> list[dict[str, Any]]:
        """Usage rows of an option."""
        return [row for row in self.facts.usage if row["option"] == option]

    def has_setup(self, option: str) -> bool:
        """Whether an option has a setup decision."""
        row = self.facts.options[option]
        asked = row["setup_cost"] != 0 or row["min_lot"] > 0 or option in self.facts.tiers
        return asked or any(usage["per_setup"] > 0 for usage in self.usage(option))

    def add_option(self, option: str, t: int) -> None:
        """Add what an option in force makes, sells and keeps."""
        facts, program, scenario = self.facts, self.program, self.scenario
        row, rho = facts.options[option], facts.rho(t)
        most = facts.most_made(scenario, option, t)
        made = ("made", option, t)
        program.variable(made, most, -rho * facts.settings.carbon_price * row["emissions_per_unit"] / 1000)
        program.variable(
            ("sold", option, t), facts.market(scenario, option, t), rho * facts.price(scenario, option, t)
        )
        if facts.stockable(option):
            holding = facts.lines[row["line"]]["holding_cost"]
            program.variable(("stock", option, t), facts.later_market(scenario, option, t), -rho * holding)
        if self.has_setup(option):
            setup = ("setup", option, t)
            program.variable(setup, 1.0, -rho * row["setup_cost"], binary=True)
            program.row({made: 1.0, setup: -most}, high=0.0)
            program.row({made: 1.0, setup: -row["min_lot"]}, low=0.0)
        factor = facts.cost_factor(scenario, option, t)
        if row["tier_kind"] is None:
            cost: Terms = {made: row["unit_cost"] * factor}
        elif row["tier_kind"] == "incremental":
            cost = self.incremental(option, t, most, factor)
        else:
            cost = self.all_units(option, t, most, factor)
        self.cost_of_made[option, t] = cost
        for name, value in cost.items():
            program.profit[name] -= rho * value

    def incremental(self, option: str, t: int, most: float, factor: float) -> Terms:
        """Fill one tier after the other; return the cost of what is made."""
        program, tiers, cost = self.program, self.facts.tiers[option], Terms()
        starts = [tier["from_units"] for tier in tiers] + [max(most, tiers[-1]["from_units"])]
        for number, tier in enumerate(tiers):
            units, reached = ("units", option, t, number), ("reached", option, t, number)
            width = starts[number + 1] - starts[number]
            program.variable(units, width, 0.0)
            program.variable(reached, 1.0, 0.0, binary=True)
            program.row({units: 1.0, reached: -width}, high=0.0)
            if number > 0:
                before = starts[number] - starts[number - 1]
                program.row({("units", option, t, number - 1): 1.0, reached: -before}, low=0.0)
            cost[units] = tier["unit_cost"] * factor
        program.row({("made", option, t): 1.0} | dict.fromkeys(cost, -1.0), low=0.0, high=0.0)
        return cost

    def all_units(self, option: str, t: int, most: float, factor: float) -> Terms:
        """Be in one tier with all units; return the cost of what is made."""
        program, tiers, cost = self.program, self.facts.tiers[option], Terms()
        starts = [tier["from_units"] for tier in tiers] + [INFINITY]
        chosen: Terms = {}
        for number, tier in enumerate(tiers):
            units, within = ("units", option, t, number), ("within", option, t, number)
            high = min(starts[number + 1], most)
            if starts[number] > most:
                continue
            program.variable(units, high, 0.0)
            program.variable(within, 1.0, 0.0, binary=True)
            program.row({units: 1.0, within: -high}, high=0.0)
            program.row({units: 1.0, within: -starts[number]}, low=0.0)
            chosen[within] = 1.0
            cost[units] = tier["unit_cost"] * factor
        program.row(chosen, high=1.0)
        program.row({("made", option, t): 1.0} | dict.fromkeys(cost, -1.0), low=0.0, high=0.0)
        return cost

    def add_balance(self, option: str, t: int) -> None:
        """What was kept and what is made good is sold, kept or scrapped."""
        facts = self.facts
        row = facts.options[option]
        terms: Terms = {
            ("made", option, t): facts.good_share(self.scenario, option, t),
            ("sold", option, t): -1.0,
        }
        if facts.stockable(option):
            terms["stock", option, t] = -1.0
            line = facts.lines[row["line"]]
            if t == 0 and line["current_option"] == option:
                terms[None] = line["initial_stock"]
            if (option, t - 1) in self.in_force:
                terms["stock", option, t - 1] = 1.0
        self.program.row(terms, low=0.0)

    def add_demand(self, line: str, t: int) -> None:
        """What a line sells is within its demand and above the least fill rate; the rest is penalised."""
        facts, row = self.facts, self.facts.lines[line]
        demand = facts.demand(self.scenario, line, t)
        served: Terms = {
            ("sold", option, t): 1 / facts.options[option]["demand_factor"]
            for option in sorted(self.plan[line][t])
        }
        self.program.row(served, low=row["min_fill_rate"] * demand, high=demand)
        penalty = facts.rho(t) * row["lost_sale_penalty"]
        self.program.profit[None] -= penalty * demand
        for name, units in served.items():
            self.program.profit[name] += penalty * units

    def add_capacity(self, resource: str, t: int, service: dict[tuple[str, int], int]) -> None:
        """What is used is there, was added by investments, or is overtime."""
        facts, row = self.facts, self.facts.resources[resource]
        overtime = ("overtime", resource, t)
        self.program.variable(overtime, row["overtime_max"], -facts.rho(t) * row["overtime_cost"])
        capacity = facts.capacity(self.scenario, resource, t)
        for expansion in facts.expansions:
            if expansion["resource"] == resource:
                capacity += expansion["capacity_added"] * service[expansion["investment"], t]
        terms: Terms = {overtime: -1.0, None: 0.0}
        for option, period in self.in_force:
            for usage in self.usage(option):
                if usage["resource"] != resource or period != t:
                    continue
                terms["made", option, t] = usage["per_unit"]
                if self.has_setup(option):
                    terms["setup", option, t] = usage["per_setup"]
                terms[None] += usage["per_period"]
        self.program.row(terms, high=capacity)

    # limits

    def add_limits(self, starts: list[tuple[str, int]], purchase: Purchase | None) -> None:
        """Add every limit, over the periods it speaks of; those on capex only where a purchase is given."""
        facts = self.facts
        for limit in facts.limits:
            if limit["measure"] == "capex" and purchase is None:
                continue
            if limit["period"] == "each" or (limit["period"] is None and limit["measure"] == "lines"):
                spans = [[t] for t in facts.T]
            elif limit["period"] is None:
                spans = [list(facts.T)]
            else:
                spans = [[facts.labels.index(limit["period"])]]
            for span in spans:
                part = self.measure(limit, span, starts, purchase)
                unfiltered = limit | {"mode": None, "site": None, "family": None, "line": None}
                whole = self.measure(unfiltered, span, starts, purchase)
                if limit["min"] is not None:
                    self.program.row(part, low=limit["min"])
                if limit["max"] is not None:
                    self.program.row(part, high=limit["max"])
                if limit["min_share"] is not None:
                    self.program.row(self.less(part, whole, limit["min_share"]), low=0.0)
                if limit["max_share"] is not None:
                    self.program.row(self.less(part, whole, limit["max_share"]), high=0.0)

    def less(self, part: Terms, whole: Terms, share: float) -> Terms:
        """Return part - share * whole."""
        return {
            name: part.get(name, 0.0) - share * whole.get(name, 0.0) for name in {None: 0.0} | whole | part
        }

    def measure(
        self, limit: dict[str, Any], span: list[int], starts: list[tuple[str, int]], purchase: Purchase | None
    ) -> Terms:
        """Return what a limit measures over some periods."""
        facts, what = self.facts, limit["measure"]
        terms: Terms = {None: 0.0}

        def counts(option: str, t: int) -> bool:
            known = facts.attributes(option)
            return t in span and all(limit[name] in {None, known[name]} for name in known)

        if what == "capex":
            tooling = [facts.options[option]["tooling_capex"] for option, t in starts if counts(option, t)]
            terms[None] = sum(tooling)
            if limit["line"] is None and limit["family"] is None and limit["mode"] is None:
                for (k, t), copies in (purchase or {}).items():
                    if t in span and limit["site"] in {None, facts.investments[k]["site"]}:
                        terms[None] += facts.investments[k]["capex"] * copies
            return terms
        for option, t in self.in_force:
            if counts(option, t):
                for name, value in self.measure_of_option(what, option, t).items():
                    terms[name] = terms.get(name, 0.0) + value
        return terms

    def measure_of_option(self, what: str, option: str, t: int) -> Terms:
        """Return what a limit measures of one option in force in one period."""
        row, made, setup = self.facts.options[option], ("made", option, t), ("setup", option, t)
        setups: Terms = {setup: 1.0} if self.has_setup(option) else {}
        if what == "spend":
            paid: Terms = {name: row["setup_cost"] * count for name, count in setups.items()}
            return paid | {None: row["fixed_cost"]} | self.cost_of_made[option, t]
        measures: dict[str, Terms] = {
            "lines": {None: 1.0},
            "units": {made: 1.0},
            "revenue": {("sold", option, t): self.facts.price(self.scenario, option, t)},
            "emissions": {made: row["emissions_per_unit"]},
            "setups": setups,
        }
        return measures[what]
