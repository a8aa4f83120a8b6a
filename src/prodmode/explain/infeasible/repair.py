"""The cheapest repair: the smallest changes of input that make a plan possible, tried out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from prodmode.document.page import count
from prodmode.explain.changes import apply_edits
from prodmode.explain.infeasible.elastic import scales, stretch
from prodmode.explain.infeasible.moves import as_move
from prodmode.solving import solve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from prodmode.explain.changes import Edit
    from prodmode.explain.infeasible.elastic import Stretch
    from prodmode.explain.infeasible.loosened import Loosened
    from prodmode.explain.infeasible.moves import Move
    from prodmode.explain.infeasible.probe import Clock

DIGITS = (3, 4, 6, 9)
"""Significant digits of the changes, tried in this order until a plan is possible."""

MOST_REPAIRS = 3
"""Different repairs that are looked for."""

MOST_DEARER = 10.0
"""How many times as dear as the first another repair may be to be worth telling."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes that make a plan possible.

    Attributes
    ----------
    moves : tuple of Move
    cost : float
        Sum of the changes in percent of their figures, as the edits state them.
    least : float or None
        No changes of these kinds cost less than this, in percent, before they are rounded; None where nothing
        is proven.
    smallest : bool
        Whether the changes, before rounding, were proved to be the cheapest.
    verified : bool
        Whether the changed instance was solved and its plan passed the referee.
    npv : float or None
        Net present value of that plan.
    npv_bound : float or None
        Proven bound on the best plan of the changed instance.
    """

    moves: tuple[Move, ...]
    cost: float
    least: float | None
    smallest: bool
    verified: bool
    npv: float | None
    npv_bound: float | None

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The changes alone."""
        return tuple(move.edit for move in self.moves)

    @property
    def money(self) -> float | None:
        """What the changes come to in money, None where no figure is money."""
        amounts = [move.money for move in self.moves if move.money is not None]
        return sum(amounts) if amounts else None

    def to_dict(self) -> dict[str, Any]:
        """Return the repair as data that JSON can hold."""
        return {
            "edits": [str(edit) for edit in self.edits],
            "cost_percent": self.cost,
            "least_percent": self.least,
            "proved_smallest": self.smallest,
            "money": self.money,
            "verified": self.verified,
            "npv": self.npv,
            "npv_bound": self.npv_bound,
            "moves": [move.to_dict() for move in self.moves],
        }


def find_repairs(
    loosened: Loosened, backend: str, clock: Clock, near: Sequence[int] = ()
) -> Iterator[Repair]:
    """Yield up to three repairs, the cheapest found first, each of other kinds of rules than those before it.

    Parameters
    ----------
    loosened : Loosened
        Knows the rules of an instance without a plan.
    backend : str
        Name of a backend, or "auto".
    clock : Clock
        Time left; what is under way when it is over is not told.
    near : sequence of int
        Rules of a conflict, of which some must be moved.
    """
    without: frozenset[str] = frozenset()
    first = 0.0
    for number in range(MOST_REPAIRS):
        # Half of what is left is for this one, most of that for the search.
        share = 0.6 if number == 0 else 0.5
        found = (
            None if clock.over else stretch(loosened, backend, clock.part(share), without=without, near=near)
        )
        if found is None or not found.rules:
            return
        repair = _tried(loosened, found, backend, clock.part(0.7))
        if repair is None:
            return
        if number and repair.cost > MOST_DEARER * first:
            return
        first = repair.cost if number == 0 else first
        clock.tell("repair", f"{count(len(repair.moves), 'change')} of {repair.cost:.3g} % in all")
        yield repair
        without |= {loosened.rules[at].kind for at in found.rules}


def cheapest_first(found: Iterable[Repair]) -> tuple[Repair, ...]:
    """Return repairs in the order of their costs.

    A search that was stopped may have found a repair that costs more than one of other kinds found later.
    What was proved of the later one leaves the kinds of the first aside, so only the first's bound holds.
    """
    repairs = list(found)
    order = sorted(repairs, key=lambda repair: repair.cost)
    if order and order[0] is not repairs[0]:
        order[0] = replace(order[0], smallest=False, least=repairs[0].least)
    return tuple(order)


def _tried(loosened: Loosened, found: Stretch, backend: str, clock: Clock) -> Repair | None:
    """Return a stretch as readable changes with which there is a plan, None where none was found."""
    instance, scale = loosened.instance, scales(loosened)
    for digits in DIGITS:
        moves = [
            as_move(instance, loosened.rules[at], moved, float(scale[at]), digits)
            for at, moved in zip(found.rules, found.moves, strict=True)
        ]
        if clock.over:
            return None
        changed = apply_edits(instance, [move.edit for move in moves])
        result = solve(changed, backend=backend, time_limit=clock.left, cancel=clock.cancel)
        if result.has_plan and result.verified:
            least = None if found.least is None else 100 * found.least
            cost = 100 * sum(move.share for move in moves)
            return Repair(
                tuple(moves), cost, least, found.smallest, verified=True,
                npv=result.objective, npv_bound=result.bound,
            )  # fmt: skip
        if result.status.value != "infeasible":
            return None
    return None
