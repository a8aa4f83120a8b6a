"""What a backend returned, before anybody builds on it: all of it finite and of the right shape."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.backends.contract import Answer, Progress, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodmode.formulation.mip import Mip


def faults(answer: Any, mip: Mip) -> list[str]:
    """Return in words what is wrong with the form of an answer; empty where nothing is.

    Parameters
    ----------
    answer : Answer
        What a backend returned for the program; it may be anything.
    mip : Mip
        The program.
    """
    found = _grave(answer, mip)
    if not isinstance(answer, Answer):
        return found
    if not _is_number(answer.seconds) or answer.seconds < 0:
        found.append(f"its seconds are {answer.seconds!r}")
    if answer.nodes is not None and not _is_count(answer.nodes):
        found.append(f"its nodes are {answer.nodes!r}, not a count or None")
    if not _are_texts(answer.version, answer.message):
        found.append("its version and message are not both text")
    return found


def sound(answer: Any, mip: Mip, seconds: float) -> Answer:
    """Return an answer of which every part is what it should be.

    Parameters
    ----------
    answer : Answer
        What a backend returned for the program; it may be anything.
    mip : Mip
        The program.
    seconds : float
        What the run took, where the answer does not say.

    Returns
    -------
    Answer
        The same one where it has no fault; where its status, point or bound cannot be used, an error that
        says so, with the parts that can.
    """
    if not faults(answer, mip):
        return answer  # type: ignore[no-any-return]
    grave = _grave(answer, mip)
    if not isinstance(answer, Answer):
        return Answer(Status.ERROR, None, None, None, seconds, "", "; ".join(grave))
    # A bound beside a point that cannot be used is worth as little.
    usable = not _faults_of_point(answer.x, mip)
    return replace(
        answer,
        status=Status.ERROR if grave else answer.status,
        x=answer.x if usable else None,
        bound=answer.bound if usable and _is_number(answer.bound) else None,
        nodes=answer.nodes if _is_count(answer.nodes) else None,
        seconds=answer.seconds if _is_number(answer.seconds) and answer.seconds >= 0 else seconds,
        version=str(answer.version),
        message="; ".join(filter(None, [str(answer.message), *grave])),
    )


def sound_progress(tell: Callable[[Progress], None]) -> Callable[[Progress], None]:
    """Return a listener that hears only what is sound: figures that are not finite count as unknown."""

    def hear(event: Any) -> None:
        if not isinstance(event, Progress) or not _is_number(event.seconds):
            return
        figures = (event.incumbent, event.bound, event.gap)
        if not all(figure is None or _is_number(figure) for figure in figures):
            incumbent, bound, _ = (figure if _is_number(figure) else None for figure in figures)
            event = replace(event, incumbent=incumbent, bound=bound, gap=None)
        tell(event)

    return hear


def _grave(answer: Any, mip: Mip) -> list[str]:
    if not isinstance(answer, Answer):
        return [f"it returned {type(answer).__name__}, not an Answer"]
    found = []
    status: Any = answer.status
    if not isinstance(status, Status):
        found.append(f"its status is {status!r}, not a Status")
    found += _faults_of_point(answer.x, mip)
    if answer.bound is not None and not _is_number(answer.bound):
        found.append(f"its bound is {answer.bound!r}, not a finite number or None")
    return found


def _faults_of_point(x: Any, mip: Mip) -> list[str]:
    if x is None:
        return []
    if not isinstance(x, np.ndarray) or x.shape != mip.cost.shape:
        shape = f"of shape {x.shape}" if isinstance(x, np.ndarray) else f"a {type(x).__name__}"
        return [f"its point is {shape}, not an array of shape {mip.cost.shape}"]
    if not np.issubdtype(x.dtype, np.floating):
        return [f"its point holds {x.dtype}, not floats"]
    return [] if np.isfinite(x).all() else ["its point holds NaN or infinity"]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _are_texts(*values: Any) -> bool:
    return all(isinstance(value, str) for value in values)
