"""Which single rule or capacity, lifted alone, would let a line use an option that it cannot use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prodmode.backends.contract import Status
from prodmode.explain.lines.alternatives import forced
from prodmode.explain.words import listed

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from prodmode.explain.lines.alternatives import Found
    from prodmode.explain.study import Case, Study
    from prodmode.instance.instance import Instance

MOST_LIFTED = 16
"""Rules and capacities that are lifted in turn; beyond, too many solves would be needed."""

FIRST_PLAN = 0.9
"""Relative gap at which these runs stop: whether there is a plan is all that is asked."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A rule or a capacity.

    Attributes
    ----------
    words : str
        What would have to be so, after "if".
    instance : Instance
        The instance without it.
    """

    words: str
    instance: Instance


def obstacles(instance: Instance) -> list[Obstacle]:
    """Return the budget, every limit and every resource, each with the instance in which it is lifted."""
    found = []
    if len(instance.budgets):
        found.append(Obstacle("the budget were larger", instance.replace(budgets=instance.budgets.iloc[:0])))
    limits = instance.limits
    for number, name in enumerate(limits["limit"]):
        rest = limits.drop(index=limits.index[number])
        found.append(Obstacle(f"the policy '{name}' were lifted", instance.replace(limits=rest)))
    usage = instance.usage
    for name in instance.resources["resource"]:
        rest = usage[(usage["resource"] != name).to_numpy()]
        if len(rest) < len(usage):
            found.append(Obstacle(f"there were more of '{name}'", instance.replace(usage=rest)))
    return found


def lifted(
    study: Study,
    stuck: Sequence[Found],
    *,
    processes: int | None = None,
    on_progress: Callable[[int, int, Case], None] | None = None,
    cancel: threading.Event | None = None,
) -> list[str]:
    """Return for each option that cannot be used, or not from an earlier period, what alone would allow it.

    Parameters
    ----------
    study : Study
        What the plan is.
    stuck : sequence of Found
        Options whose use is infeasible, or becomes so when it starts a period earlier.
    processes, on_progress, cancel
        As in `Study.solve_all`.

    Returns
    -------
    list of str
        A sentence for each; empty where nothing was found out.
    """
    ways = obstacles(study.instance) if stuck else []
    if not ways or len(ways) > MOST_LIFTED:
        return [""] * len(stuck)
    cases = []
    for found in stuck:
        case = forced(f"'{found.option}' with more room", str(found.option), _start(found), found.periods)
        cases += [replace(case, instance=way.instance) for way in ways]
    rough = replace(study, gap=FIRST_PLAN)
    results = rough.solve_all(cases, processes=processes, on_progress=on_progress, cancel=cancel)
    sentences = []
    for number, found in enumerate(stuck):
        mine = results[number * len(ways) : (number + 1) * len(ways)]
        open_ways = [way.words for way, result in zip(ways, mine, strict=True) if result and result.verified]
        settled = all(
            result is not None and (result.verified or result.status is Status.INFEASIBLE) for result in mine
        )
        sentences.append(_sentence(found, open_ways, settled=settled))
    return sentences


def _start(found: Found) -> tuple[str, ...]:
    """Return the periods from the latest impossible start on."""
    if found.since is None:
        return found.periods
    return found.periods[max(found.periods.index(found.since) - 1, 0) :]


def _sentence(found: Found, ways: list[str], *, settled: bool) -> str:
    when = f" from {_start(found)[0]} on" if found.since else ""
    if ways:
        return f"It could be used{when} {listed([f'if {way}' for way in ways], 'or')}."
    if settled:
        return (
            f"For it to be used{when} no single capacity, policy or budget is in the way: lifting any one of "
            "them would not be enough."
        )
    return ""
