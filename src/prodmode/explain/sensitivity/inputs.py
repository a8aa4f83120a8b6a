"""The inputs of an instance that a sensitivity analysis moves, one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodmode.errors import InputError
from prodmode.explain.changes import Edit, apply_edits, parse_edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from prodmode.errors import Issue
    from prodmode.instance.instance import Instance

MOST_LINES = 12
"""Lines up to which each has inputs of its own; beyond, families, modes, sites and resources alone."""


@dataclass(frozen=True, slots=True)
class Input:
    """An input and the two values that it is moved to.

    Attributes
    ----------
    name : str
        What it is called, such as "demand for 'oak-table'".
    kind : str
        demand, price, unit_cost, quote, capacity, capex, discount_rate, carbon_price, yield or other.
    low, high : Edit
        The changes of input.
    """

    name: str
    kind: str
    low: Edit
    high: Edit


def inputs_of(instance: Instance, swing: float, *, detailed: bool) -> list[Input]:
    """Return the inputs that are worth moving.

    Parameters
    ----------
    instance : Instance
    swing : float
        Share by which each is moved down and up.
    detailed : bool
        Whether lines and quotations are moved one by one; without, families, modes and sites alone.
    """
    maker = _Maker(instance, swing)
    owner = "line" if detailed else "family"
    names = instance.lines["line"].tolist() if detailed else list(instance.families)
    maker.of("demand", [(owner, name) for name in names], "demand for {}")
    maker.of("price", [(owner, name) for name in names], "price of {}")
    if not maker.found:
        maker.add("demand for all lines", "demand", "demand", (), None)
        maker.add("price of all lines", "price", "price", (), None)
    options = instance.options
    modes = [("mode", mode) for mode in dict.fromkeys(options["mode"].dropna().astype(object))]
    sites = [("site", site) for site in dict.fromkeys(options["site"].dropna().astype(object))]
    maker.of("unit_cost", modes, "unit cost in mode {}")
    maker.of("unit_cost", sites, "unit cost at {}")
    if detailed:
        bought = options["option"][(options["mode"] == "outsourced").to_numpy()]
        maker.of("unit_cost", [("option", option) for option in bought], "quotation for {}", kind="quote")
    maker.of("capacity", [("resource", name) for name in instance.resources["resource"]], "capacity of {}")
    for name in instance.investments["investment"]:
        if _cell(instance.investments, "investment", name, "capex") > 0:
            maker.add(f"capex of '{name}'", "capex", "investments", (("investment", name),), "capex")
    for setting, label in (("discount_rate", "discount rate"), ("carbon_price", "carbon price")):
        if getattr(instance.settings, setting) > 0:
            maker.add(label, setting, "settings", (), setting)
    maker.yields(sites)
    return maker.found


def given_inputs(
    instance: Instance, asked: Mapping[str, tuple[float, float]] | Sequence[str], swing: float
) -> list[Input]:
    """Return inputs that are named.

    Parameters
    ----------
    instance : Instance
    asked : mapping of str to (float, float), or sequence of str
        Changes of input without their operation, such as ``"demand.line=oak-table"``, with two factors; or
        without, for the same swing down and up.
    swing : float
        Share by which those without factors are moved.

    Raises
    ------
    InputError
        If a text is no change, or a change does not fit the instance.
    """
    found: list[Input] = []
    issues: list[Issue] = []
    for head in asked:
        low, high = asked[head] if isinstance(asked, Mapping) else (1 - swing, 1 + swing)
        try:
            edits = [parse_edit(f"{head} *{factor!r}") for factor in (float(low), float(high))]
            for edit in edits:
                apply_edits(instance, [edit])
        except InputError as error:
            issues += error.issues
            continue
        found.append(Input(head, "other", *edits))
    if issues:
        raise InputError(issues)
    return found


class _Maker:
    """Collects inputs; one that moves the same figures as another before it is left out."""

    def __init__(self, instance: Instance, swing: float) -> None:
        self.instance, self.swing = instance, swing
        self.found: list[Input] = []
        self._seen: set[tuple[str, frozenset[str]]] = set()
        self._figures: dict[str, frozenset[str]] = {}

    def of(
        self, quantity: str, filters: Sequence[tuple[str, str]], words: str, *, kind: str | None = None
    ) -> None:
        """Add an input of a quantity for each filter that has figures to move."""
        for name, value in filters:
            owners = self._owners(quantity, name, value)
            if owners and (quantity, owners) not in self._seen:
                self._seen.add((quantity, owners))
                self.add(words.format(f"'{value}'"), kind or quantity, quantity, ((name, value),), None)

    def add(
        self, name: str, kind: str, head: str, filters: tuple[tuple[str, str], ...], column: str | None
    ) -> None:
        factors = (round(1 - self.swing, 12), round(1 + self.swing, 12))
        low, high = (Edit(head, filters, column, "*", factor) for factor in factors)
        self.found.append(Input(name, kind, low, high))

    def yields(self, sites: Sequence[tuple[str, str]]) -> None:
        """Add the yield of each site; it cannot rise above one."""
        options = self.instance.options
        for name, site in sites:
            stated = options["yield"][(options[name] == site).to_numpy()]
            if (stated < 1).any():
                room = min(1 + self.swing, 1 / float(stated.max()))
                filters = ((name, site),)
                low, high = (
                    Edit("yield", filters, None, "*", round(factor, 12) if factor < room else factor)
                    for factor in (1 - self.swing, room)
                )
                self.found.append(Input(f"yield at '{site}'", "yield", low, high))

    def _owners(self, quantity: str, name: str, value: str) -> frozenset[str]:
        """Return what has figures of a quantity that are not zero under a filter."""
        table, key = {
            "capacity": (self.instance.resources, "resource"),
            "demand": (self.instance.lines, "line"),
            "price": (self.instance.lines, "line"),
            "unit_cost": (self.instance.options, "option"),
        }[quantity]
        chosen = table[key][(table[name] == value).to_numpy()].astype(object)
        return frozenset(chosen) & self._with_figures(quantity)

    def _with_figures(self, quantity: str) -> frozenset[str]:
        """Return every resource, line or option with a figure of a quantity above zero."""
        if quantity not in self._figures:
            instance = self.instance
            columns = {
                "capacity": (
                    (instance.resources, "resource", "capacity"),
                    (instance.capacity, "resource", "capacity"),
                ),
                "demand": ((instance.demand, "line", "units"),),
                "price": ((instance.lines, "line", "price"), (instance.demand, "line", "price")),
                "unit_cost": (
                    (instance.options, "option", "unit_cost"),
                    (instance.tiers, "option", "unit_cost"),
                ),
            }[quantity]
            self._figures[quantity] = frozenset(
                owner
                for table, key, column in columns
                for owner in table[key][(table[column] > 0).to_numpy()].astype(object)
            )
        return self._figures[quantity]


def _cell(table: pd.DataFrame, key: str, name: str, column: str) -> Any:
    return table.loc[(table[key] == name).to_numpy(), column].iloc[0]
