"""The parts of a story, read off a plan and off other answers."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from prodmode.explain.interval import Interval  # noqa: TC001 (part of the data)
from prodmode.explain.words import listed, option_row, site_name, way
from prodmode.plan.by_line import line_ledger
from prodmode.plan.runs import Run, runs

if TYPE_CHECKING:
    from prodmode.explain.bottlenecks.bottlenecks import Bottleneck, Bottlenecks
    from prodmode.explain.bottlenecks.steps import Value
    from prodmode.explain.lines.explanation import PlanExplanation
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

GIVING = frozenset({"10 % more", "10 % less", "one more", "one less", "lifted"})
"""Steps that may give a plan more room: less of a floor is more room."""

FULL = 0.999
"""Share used from which something is used up."""


@dataclass(frozen=True, slots=True)
class LineStory:
    """How a line is made, and what it brings.

    Attributes
    ----------
    line, name : str
        Its key, and what people call it.
    family, current_option : str or None
    runs : tuple of Run
        How it is made over the horizon.
    told : tuple of str
        Each run in words.
    moves : str or None
        First period in which the line is made otherwise than today, None where it stays.
    revenue, contribution : float
        Revenue, and revenue less the costs that are the line's own, as present values.
    """

    line: str
    name: str
    family: str | None
    current_option: str | None
    runs: tuple[Run, ...]
    told: tuple[str, ...]
    moves: str | None
    revenue: float
    contribution: float

    @property
    def words(self) -> str:
        """How it is made, in words."""
        if len(self.runs) == 1:
            return self.told[0]
        parts = [f"{told} ({run.span})" for told, run in zip(self.told, self.runs, strict=True)]
        return ", ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return it as data that JSON can hold."""
        return {
            "line": self.line,
            "current_option": self.current_option,
            "runs": [run.to_dict() for run in self.runs],
            "moves": self.moves,
            "revenue": self.revenue,
            "contribution": self.contribution,
        }


@dataclass(frozen=True, slots=True)
class Purchase:
    """Copies of an investment bought in a period.

    Attributes
    ----------
    investment, name, period : str
    copies : int
    capex : float
        Undiscounted, for all copies.
    """

    investment: str
    name: str
    period: str
    copies: int
    capex: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as data that JSON can hold."""
        return {
            "investment": self.investment,
            "period": self.period,
            "copies": self.copies,
            "capex": self.capex,
        }


@dataclass(frozen=True, slots=True)
class Scarce:
    """Something that limits the plan.

    Attributes
    ----------
    kind, name : str
        What it is, such as a resource, and which.
    sentence : str
        Where it is used up, and what more of it is worth.
    worth : Interval
        What more of it is worth, for the stated step.
    """

    kind: str
    name: str
    sentence: str
    worth: Interval

    def to_dict(self) -> dict[str, Any]:
        """Return it as data that JSON can hold."""
        head = {"kind": self.kind, "name": self.name, "sentence": self.sentence}
        return head | {"worth": self.worth.to_dict()}


@dataclass(frozen=True, slots=True)
class Flip:
    """A decision that is close.

    Attributes
    ----------
    line, option : str
        The line, and the option that it does not use all along.
    way : str
        What using the option all along means, in words.
    loss : Interval
        What the best plan with it loses; the line moves once the option is better by that much.
    """

    line: str
    option: str | None
    way: str
    loss: Interval

    def to_dict(self) -> dict[str, Any]:
        """Return it as data that JSON can hold."""
        return {"line": self.line, "option": self.option, "loss": self.loss.to_dict()}


def line_stories(instance: Instance, plan: Plan) -> tuple[LineStory, ...]:
    """Return how each line is made and what it brings.

    Parameters
    ----------
    instance : Instance
    plan : Plan
        A plan of it.
    """
    ledger = line_ledger(instance, plan)
    own = ledger[ledger["line"].notna()]
    factor = plan.cash_flow.set_index("period")["discount_factor"]
    brought = own["revenue"] * own["period"].map(factor).astype(float)
    revenue = brought.groupby(own["line"].astype(str)).sum()
    contribution = own["present_value"].groupby(own["line"].astype(str)).sum()
    ways = runs(plan, instance.lines["line"])
    names = instance.lines["name"].fillna(instance.lines["line"])
    found = []
    for row, name in zip(instance.lines.itertuples(), names, strict=True):
        line = str(row.line)
        current = str(row.current_option) if isinstance(row.current_option, str) else None
        found.append(
            LineStory(
                line, str(name), row.family if isinstance(row.family, str) else None, current, ways[line],
                _told(instance, ways[line]), _moves(ways[line], current), float(revenue.get(line, 0.0)),
                float(contribution.get(line, 0.0)),
            )
        )  # fmt: skip
    return tuple(found)


def purchases_of(instance: Instance, plan: Plan) -> tuple[Purchase, ...]:
    """Return what a plan buys, in the order of periods."""
    table = instance.investments
    names = dict(zip(table["investment"], table["name"].fillna(table["investment"]), strict=True))
    capex = dict(zip(table["investment"], table["capex"], strict=True))
    order = {period: position for position, period in enumerate(instance.periods)}
    found = []
    for row in plan.purchases.itertuples():
        name, copies = str(row.investment), int(str(row.copies))
        found.append(Purchase(name, str(names[name]), str(row.period), copies, float(copies * capex[name])))
    return tuple(sorted(found, key=lambda purchase: order[purchase.period]))


def _told(instance: Instance, ways: tuple[Run, ...]) -> tuple[str, ...]:
    """Return runs in words; where two options read the same they are named."""
    used = dict.fromkeys(option.option for run in ways for option in run.ways)
    words = {option: short_way(instance, option) for option in used}
    twice = {word for word in words.values() if list(words.values()).count(word) > 1}
    named = {option: f"{word} ('{option}')" if word in twice else word for option, word in words.items()}
    return tuple(
        " and ".join(named[option.option] for option in run.ways) if run.ways else "not offered"
        for run in ways
    )


def short_way(instance: Instance, option: str) -> str:
    """Return mode and site of an option, such as "outsourced from Baltic Wood"."""
    mode, site = option_row(instance, option)
    where = site_name(instance, site)
    return f"{mode} {'from' if mode == 'outsourced' else 'at'} {where}" if where else mode


def _moves(ways: tuple[Run, ...], current: str | None) -> str | None:
    """Return the first period in which a line is made otherwise than by its current option alone."""
    if current is None:
        return None
    for run in ways:
        if run.ways and [way.option for way in run.ways] != [current]:
            return run.first
    return None


def scarce_of(answer: Bottlenecks) -> tuple[Scarce, ...]:
    """Return what limits a plan: what is nearly used up and worth having more of, the most valuable first.

    Parameters
    ----------
    answer : Bottlenecks
        With the values of steps.
    """
    groups: dict[tuple[str, str], list[tuple[Bottleneck, Value]]] = {}
    for row in answer.rows:
        if (step := _more(row)) is not None:
            groups.setdefault((row.scarce.kind, row.scarce.name), []).append((row, step))
    found = []
    for (kind, name), pairs in groups.items():
        best, step = max(pairs, key=lambda pair: _worth(pair[1]))
        called = "the budget" if kind == "budget" else f"'{name}'"
        periods = [row.scarce.period for row, _ in pairs if row.scarce.period is not None]
        where = f" in {listed(periods)}" if periods else ""
        at = f" in {best.scarce.period}" if best.scarce.period is not None else ""
        worth = step.change_of_value.words(answer.currency)
        step_words = "doing without it" if step.label == "lifted" else step.label
        up = "used up" if (best.scarce.share or 1.0) >= FULL else "nearly used up"
        sentence = f"{called} is {up}{where}: {step_words}{at} would earn {worth} more."
        found.append(Scarce(kind, name, sentence[0].upper() + sentence[1:], step.change_of_value))
    return tuple(sorted(found, key=lambda scarce: -(scarce.worth.lower or 0.0)))


def flips_of(answer: PlanExplanation) -> tuple[Flip, ...]:
    """Return the closest decision of each line, the closest first.

    Parameters
    ----------
    answer : PlanExplanation
    """
    found = []
    for line in answer.lines:
        closest = line.next_best
        if closest is None or closest.loss is None or closest.standing == "better":
            continue
        words = "not offered" if closest.option is None else way(line.instance, closest.option)
        found.append(Flip(line.line, closest.option, words, closest.loss))
    return tuple(sorted(found, key=lambda flip: flip.loss.upper if flip.loss.upper is not None else inf))


def _more(row: Bottleneck) -> Value | None:
    """Return the step that gives more of something and is proven to be worth it, the most valuable one."""
    gains = [step for step in row.steps if step.change_of_value.sign > 0 and step.label in GIVING]
    small = [step for step in gains if step.label != "lifted"]
    return max(small or gains, key=_worth, default=None) if row.scarce.tight else None


def _worth(step: Value) -> float:
    return step.change_of_value.lower or 0.0
