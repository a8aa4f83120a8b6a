"""The search for a minimal part of a set that cannot hold together."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Part = TypeVar("Part")


def minimal(parts: Sequence[Part], can_hold: Callable[[list[Part]], bool | None]) -> list[Part]:
    """Return parts that cannot hold together, none of which can be spared, by halving (QuickXplain).

    Junker (2004), "QuickXplain: preferred explanations and relaxations for over-constrained problems". With
    k of n parts in the answer it asks O(k log(n / k)) times.

    Parameters
    ----------
    parts : sequence
        Parts that cannot hold together; those that come first are rather kept.
    can_hold : callable
        Whether some parts can hold together; None where that is not known, which counts as yes. The answer
        then cannot hold together either, but some of it may be spared.

    Examples
    --------
    >>> minimal([1, 2, 3, 4, 5], lambda chosen: not {2, 5} <= set(chosen))
    [2, 5]
    >>> minimal([1, 2], lambda chosen: False)
    []
    """
    if not parts or can_hold([]) is False:
        return []
    return _minimal([], list(parts), can_hold, grown=False)


def _minimal(
    held: list[Part],
    parts: list[Part],
    can_hold: Callable[[list[Part]], bool | None],
    *,
    grown: bool,
) -> list[Part]:
    """Return the least of ``parts`` that cannot hold together with what is held."""
    if grown and can_hold(held) is False:
        return []
    if len(parts) == 1:
        return parts
    half = len(parts) // 2
    first, second = parts[:half], parts[half:]
    of_second = _minimal(held + first, second, can_hold, grown=True)
    of_first = _minimal(held + of_second, first, can_hold, grown=bool(of_second))
    return of_first + of_second
