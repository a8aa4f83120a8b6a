"""What a frontier tightens step by step: the capex budget, emissions, the outsourced share, or a limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.errors import InputError, Issue, maybe
from prodmode.explain.changes.edit import Edit, number_text
from prodmode.explain.selector import unknown
from prodmode.plan.measured import measured

if TYPE_CHECKING:
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

WORDS = ("budget", "emissions", "outsourced")
"""What can be asked for by one word, besides ``limit=NAME``."""

BOUNDS = ("max", "max_share", "min", "min_share")
"""Bounds of a limit, in the order in which the first that it has is moved."""

NAME = "frontier"
"""What a limit is called that the instance does not have."""

_UNITS = {"lines": "options in use", "units": "units", "emissions": "kg CO2e", "setups": "setups"}
_FILTERS = ("mode", "site", "family", "line", "period")


@dataclass(frozen=True, slots=True)
class Lever:
    """One figure of an instance that is moved, and what it allows.

    Attributes
    ----------
    word : str
        What was asked for.
    title : str
        What is limited, for a title: "the capex budget".
    unit : str
        Unit of the levels; empty for a share, whose levels are between 0 and 1.
    whole : bool
        Whether levels are whole numbers.
    bound : str
        "max", "max_share", "min" or "min_share".
    limit : str or None
        The limit that is moved; None for the budgets of the instance.
    added : tuple of (str, str)
        Cells of the limit where the instance does not have it; empty where it does.
    today : float or None
        The level in force; None where there is none.
    other : float or None
        The opposite bound of the same limit, beyond which it cannot be tightened.
    replaces : bool
        Whether the limit stands in place of budgets that are all zero.
    bounds : int
        How many bounds the limit has.
    """

    word: str
    title: str
    unit: str
    whole: bool = False
    bound: str = "max"
    limit: str | None = None
    added: tuple[tuple[str, str], ...] = ()
    today: float | None = None
    other: float | None = None
    replaces: bool = False
    bounds: int = 1

    @property
    def share(self) -> bool:
        """Whether levels are shares."""
        return self.bound.endswith("share")

    @property
    def sign(self) -> float:
        """1 where a higher level allows more, -1 where it asks for more."""
        return 1.0 if self.bound.startswith("max") else -1.0

    @property
    def tightest(self) -> float | None:
        """The level beyond which tightening has no meaning; None where there is none."""
        if self.other is not None:
            return self.other
        if self.sign > 0:
            return 0.0
        return 1.0 if self.share else None

    def edits(self, level: float) -> tuple[Edit, ...]:
        """Return the changes of input that set the level."""
        if self.limit is None:
            return (Edit("budgets", (), None, "*", level / self._total()),)
        if not self.added:
            return (Edit("limits", (("limit", self.limit),), self.bound, "=", level),)
        row = Edit(
            "limits",
            (("limit", self.limit), *self.added, (self.bound, number_text(level))),
            None,
            "add",
            None,
        )
        return (Edit("budgets", (), None, "remove", None), row) if self.replaces else (row,)

    def without(self) -> tuple[Edit, ...]:
        """Return the changes of input that take the limit away; none where it is not in force."""
        if self.limit is None or self.replaces:
            return (Edit("budgets", (), None, "remove", None),)
        if self.added:
            return ()
        if self.bounds > 1:
            return (Edit("limits", (("limit", self.limit),), self.bound, "=", None),)
        return (Edit("limits", (("limit", self.limit),), None, "remove", None),)

    def level_of(self, instance: Instance, plan: Plan) -> float | None:
        """Return the tightest level that a plan keeps to; None where no level does.

        Parameters
        ----------
        instance : Instance
            One with the limit at any level.
        plan : Plan
            A plan of an instance with the same names.
        """
        if self.limit is None:
            return self._budget_of(instance, plan)
        part, whole = measured(instance, plan, self.limit)
        if self.share:
            some = whole > 0
            part, whole = part[some], whole[some]
            if not part.size:
                return 0.0 if self.sign > 0 else 1.0
            part = part / whole
        return float(part.max() if self.sign > 0 else part.min())

    def _total(self) -> float:
        return self.today or 1.0

    def _budget_of(self, instance: Instance, plan: Plan) -> float | None:
        """Return the least total of budgets, in the proportions of the instance, that pay for a plan."""
        flow = plan.cash_flow
        spent = (flow["capex"] + flow["tooling_capex"]).to_numpy()
        budgets = instance.budgets
        allowed = budgets["capex_limit"].to_numpy()[np.argsort(budgets["period"].cat.codes.to_numpy())]
        if instance.settings.budget_carryover:
            spent, allowed = spent.cumsum(), allowed.cumsum()
        needed = spent > 1e-9 * max(1.0, float(np.abs(spent).max(initial=0.0)))
        if (allowed[needed] <= 0).any():
            return None
        share = float((spent[needed] / allowed[needed]).max(initial=0.0))
        return share * float(budgets["capex_limit"].sum())


def lever_of(instance: Instance, asked: str) -> Lever:
    """Return what a word, or ``limit=NAME``, stands for in an instance.

    Parameters
    ----------
    instance : Instance
    asked : str
        "budget": what may be spent on investments and tooling, all periods in proportion. "emissions": kg
        over the horizon, in every scenario. "outsourced": the share of spend that is outsourced, in every
        scenario. ``limit=NAME``: the figure of a limit of the instance.

    Raises
    ------
    InputError
        If there is no such word or limit, or nothing that it could limit.
    """
    word = asked.strip()
    if word.startswith("limit="):
        return _of_limit(instance, word, word.removeprefix("limit="))
    if word not in WORDS:
        hint = maybe(word, WORDS) or f"Ask for {', '.join(WORDS)} or limit=NAME."
        raise InputError([Issue(f"there is no frontier against '{word}'.", hint=hint, code="no-frontier")])
    return {"budget": _budget, "emissions": _emissions, "outsourced": _outsourced}[word](instance)


def _budget(instance: Instance) -> Lever:
    title, unit = "the capex budget", instance.currency
    priced = float(instance.investments["capex"].sum() + instance.options["tooling_capex"].sum())
    if not priced > 0:
        raise InputError([_nothing("budget", "no investment and no tooling has a price")])
    total = float(instance.budgets["capex_limit"].sum())
    if total > 0:
        return Lever("budget", title, unit, today=total)
    none = len(instance.budgets) == 0
    return Lever(
        "budget", title, unit, limit=_free_name(instance), added=(("measure", "capex"),),
        today=None if none else 0.0, replaces=not none,
    )  # fmt: skip


def _emissions(instance: Instance) -> Lever:
    if not (instance.options["emissions_per_unit"] > 0).any():
        raise InputError([_nothing("emissions", "no option has emissions_per_unit above 0")])
    added = (("measure", "emissions"),)
    return _own(instance, "emissions", dict(added), "max") or Lever(
        "emissions", "emissions", "kg CO2e", limit=_free_name(instance), added=added
    )


def _outsourced(instance: Instance) -> Lever:
    if not (instance.options["mode"] == "outsourced").any():
        raise InputError([_nothing("outsourced", "no option is outsourced")])
    added = (("measure", "spend"), ("mode", "outsourced"))
    return _own(instance, "outsourced", dict(added), "max_share") or Lever(
        "outsourced", "the outsourced share of spend", "", bound="max_share", limit=_free_name(instance),
        added=added,
    )  # fmt: skip


def _own(instance: Instance, word: str, cells: dict[str, str], bound: str) -> Lever | None:
    """Return the lever of a limit of the instance that bounds just this over the horizon, if there is one."""
    for row in instance.limits.astype(object).to_dict("records"):
        stated = {name: row[name] for name in ("measure", *_FILTERS) if isinstance(row[name], str)}
        if stated == cells and not pd.isna(row[bound]):
            return _of_limit(instance, word, str(row["limit"]), bound)
    return None


def _of_limit(instance: Instance, word: str, name: str, bound: str | None = None) -> Lever:
    limits = instance.limits
    if name not in set(limits["limit"]):
        raise InputError([unknown(word, "limit", name, limits["limit"].tolist())])
    row: dict[Any, Any] = limits[limits["limit"] == name].astype(object).to_dict("records")[0]
    given = [each for each in BOUNDS if not pd.isna(row[each])]
    bound = bound or given[0]
    # A share beside an amount bounds something else; it stays as it is.
    opposite = bound.replace("max", "min") if bound.startswith("max") else bound.replace("min", "max")
    measure = str(row["measure"])
    scope = ", ".join(f"{part} '{row[part]}'" for part in _FILTERS[:4] if isinstance(row[part], str))
    when = row["period"]
    told = f"{measure}{f' of {scope}' if scope else ''}"
    if isinstance(when, str):
        told += " in each period" if when == "each" else f" in {when}"
    share = bound.endswith("share")
    return Lever(
        word, f"limit '{name}' ({'share of ' if share else ''}{told})",
        "" if share else _UNITS.get(measure, instance.currency),
        whole=measure in {"lines", "setups"} and not share, bound=bound, limit=name,
        today=float(row[bound]), other=float(row[opposite]) if opposite in given else None, bounds=len(given),
    )  # fmt: skip


def _free_name(instance: Instance) -> str:
    taken = set(instance.limits["limit"])
    names = (NAME if number == 1 else f"{NAME}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _nothing(word: str, why: str) -> Issue:
    hint = f"Ask for another frontier: {', '.join(each for each in WORDS if each != word)} or limit=NAME."
    return Issue(f"there is no frontier against '{word}': {why}.", hint=hint, code="no-frontier")
