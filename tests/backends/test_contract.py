"""Gaps and the statuses they earn."""

from __future__ import annotations

import pytest

from prodmode.backends.contract import DEFAULT_GAP, Availability, Status, proven_status, relative_gap


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [
        (100.0, 101.0, 0.01),
        (-100.0, -99.0, 0.01),
        (0.0, 0.5, 0.5),
        (0.0, 0.0, 0.0),
        (None, 1.0, None),
        (1.0, None, None),
    ],
)
def test_gap(objective: float | None, bound: float | None, gap: float | None) -> None:
    assert relative_gap(objective, bound) == (None if gap is None else pytest.approx(gap))


@pytest.mark.parametrize(
    ("gap", "asked", "status"),
    [
        (0.0, 0.0, Status.OPTIMAL),
        (1e-6, 0.0, Status.OPTIMAL),
        (2e-6, 0.0, None),
        (9e-5, DEFAULT_GAP, Status.OPTIMAL),
        (2e-4, DEFAULT_GAP, None),
        (5e-3, 1e-2, Status.GAP_REACHED),
        (9e-7, 1e-2, Status.OPTIMAL),
        (2e-2, 1e-2, None),
        (None, 1.0, None),
    ],
)
def test_status_earned(gap: float | None, asked: float, status: Status | None) -> None:
    assert proven_status(gap, asked) is status


def test_availability_is_a_truth_value() -> None:
    assert Availability(available=True)
    assert not Availability(available=False, reason="absent")
