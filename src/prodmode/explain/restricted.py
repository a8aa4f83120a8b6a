"""A program with fewer plans: options forbidden or forced, copies asked for, decisions held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack

from prodmode.formulation.blocks import Block
from prodmode.formulation.constants import codes
from prodmode.instance.windows import available
from prodmode.plan.solution import decisions_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.explain.restriction import Hold, Restriction
    from prodmode.explain.selector import Copies
    from prodmode.formulation import Formulation
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan


def restricted(formulation: Formulation, restriction: Restriction) -> Formulation:
    """Return the program with a restriction.

    Parameters
    ----------
    formulation : Formulation
        The program of an instance.
    restriction : Restriction
        What is forbidden, forced, held and excluded; names must be known (see `parse_restriction`).
    """
    if restriction.is_empty:
        return formulation
    draft = _Draft(formulation)
    can = formulation.columns.in_force >= 0
    for selector in restriction.forbid:
        draft.at_most(formulation.columns.in_force[selector.mask(formulation.instance) & can], 0.0)
    for selector in restriction.force:
        _force(draft, formulation, selector.mask(formulation.instance) & can)
    for selector in restriction.use:
        columns = formulation.columns.in_force[selector.mask(formulation.instance) & can]
        draft.row(columns, np.ones(len(columns)), (1.0, np.inf), {"period": -1}, "what is to be used is used")
    for copies in restriction.copies:
        _buy(draft, formulation, copies)
    if restriction.hold is not None:
        _hold(draft, formulation, restriction.hold)
    for plan in restriction.exclude:
        _exclude(draft, formulation, plan)
    return draft.formulation()


def honoured(instance: Instance, plan: Plan, restriction: Restriction) -> list[str]:
    """Return where a plan does not keep to a restriction, in words; the referee's part for restrictions.

    Parameters
    ----------
    instance : Instance
    plan : Plan
    restriction : Restriction
    """
    rows = plan.assignments
    options, periods = instance.options["option"].tolist(), list(instance.periods)
    place = {label: position for position, label in enumerate(options)}
    when = {label: position for position, label in enumerate(periods)}
    used = np.zeros((len(options), len(periods)), dtype=bool)
    used[[place[label] for label in rows["option"]], [when[label] for label in rows["period"]]] = True
    found = [
        f"what is forbidden is used: {selector}"
        for selector in restriction.forbid
        if (selector.mask(instance) & used).any()
    ]
    can, line = available(instance), codes(instance.options["line"])
    for selector in restriction.force:
        mask = selector.mask(instance) & can
        bound = _per_line(mask, line, len(instance.lines))
        kept = _per_line(mask & used, line, len(instance.lines))
        other = _per_line(used & ~selector.mask(instance), line, len(instance.lines))
        if (bound & (~kept | other)).any():
            found.append(f"what is forced is not used, or not alone: {selector}")
    found += [
        f"what is to be used is not used: {selector}"
        for selector in restriction.use
        if not (selector.mask(instance) & used).any()
    ]
    for copies in restriction.copies:
        bought = plan.purchases[plan.purchases["investment"] == copies.investment]
        if copies.period is not None:
            bought = bought[bought["period"] == copies.period]
        number = int(bought["copies"].sum())
        if number < (copies.at_least or 0) or (copies.at_most is not None and number > copies.at_most):
            found.append(f"{number} copies of '{copies.investment}' are bought")
    return found


def _per_line(mask: NDArray[np.bool_], line: NDArray[np.int64], lines: int) -> NDArray[np.bool_]:
    found = np.zeros((lines, mask.shape[1]), dtype=bool)
    np.logical_or.at(found, line, mask)
    return found


class _Draft:
    """Bounds and rows on their way to a restricted formulation."""

    def __init__(self, formulation: Formulation) -> None:
        self._source = formulation
        self._lower, self._upper = formulation.mip.lower.copy(), formulation.mip.upper.copy()
        self._rows: list[tuple[NDArray[np.int64], NDArray[np.float64], float, float, Block]] = []

    def at_most(self, columns: NDArray[np.int32], value: float) -> None:
        self._upper[columns] = np.minimum(self._upper[columns], value)

    def at_least(self, columns: NDArray[np.int32], value: float) -> None:
        self._lower[columns] = np.maximum(self._lower[columns], value)

    def row(
        self,
        columns: NDArray[np.int32],
        values: NDArray[np.float64],
        sides: tuple[float, float],
        keys: dict[str, int],
        sentence: str,
    ) -> None:
        start = len(self._source.mip.row_lower) + len(self._rows)
        block = Block("restriction", start, 1, {kind: np.array([at]) for kind, at in keys.items()}, sentence)
        self._rows.append((columns.astype(np.int64), values, *sides, block))

    def formulation(self) -> Formulation:
        mip = replace(self._source.mip, lower=self._lower, upper=self._upper)
        if not self._rows:
            return replace(self._source, mip=mip)
        sizes = [len(columns) for columns, *_ in self._rows]
        added = csr_array(
            (
                np.concatenate([values for _, values, *_ in self._rows]),
                np.concatenate([columns for columns, *_ in self._rows]),
                np.concatenate([[0], np.cumsum(sizes)]),
            ),
            shape=(len(self._rows), len(mip.cost)),
        )
        added.sort_indices()
        matrix = csr_array(vstack([mip.matrix, added], format="csr"))
        lower = np.append(mip.row_lower, [low for _, _, low, _, _ in self._rows])
        upper = np.append(mip.row_upper, [high for _, _, _, high, _ in self._rows])
        blocks = (*self._source.row_blocks, *(block for *_, block in self._rows))
        mip = replace(mip, matrix=matrix, row_lower=lower, row_upper=upper)
        return replace(self._source, mip=mip, row_blocks=blocks)


def _force(draft: _Draft, formulation: Formulation, mask: NDArray[np.bool_]) -> None:
    line, columns = formulation.constants.line, formulation.columns.in_force
    bound = _per_line(mask, line, len(formulation.instance.lines))
    draft.at_most(columns[bound[line] & ~mask & (columns >= 0)], 0.0)
    for number, period in zip(*np.nonzero(bound), strict=True):
        mine = columns[mask[:, period] & (line == number), period]
        if len(mine) == 1:
            draft.at_least(mine, 1.0)
        else:
            keys = {"line": int(number), "period": int(period)}
            draft.row(mine, np.ones(len(mine)), (1.0, np.inf), keys, "'{line}' is made as asked in {period}")


def _buy(draft: _Draft, formulation: Formulation, copies: Copies) -> None:
    instance = formulation.instance
    which = instance.investments["investment"].tolist().index(copies.investment)
    columns = formulation.columns.bought[which]
    if copies.period is not None:
        columns = columns[[instance.periods.index(copies.period)]]
    columns = columns[columns >= 0]
    low = -np.inf if copies.at_least is None else float(copies.at_least)
    high = np.inf if copies.at_most is None else float(copies.at_most)
    draft.row(
        columns, np.ones(len(columns)), (low, high), {"investment": which},
        "copies of '{investment}' are bought as asked",
    )  # fmt: skip


def _hold(draft: _Draft, formulation: Formulation, hold: Hold) -> None:
    instance, columns = formulation.instance, formulation.columns
    decisions = decisions_in(hold.plan, formulation)
    until = len(instance.periods) if hold.until is None else instance.periods.index(hold.until) + 1
    early = np.arange(len(instance.periods)) < until
    free = instance.lines["line"].isin(list(hold.free_lines)).to_numpy()
    kept = (columns.in_force >= 0) & ~free[formulation.constants.line][:, None] & early
    draft.at_least(columns.in_force[kept & decisions.in_force], 1.0)
    draft.at_most(columns.in_force[kept & ~decisions.in_force], 0.0)
    if hold.investments:
        kept = (columns.bought >= 0) & early
        for position, number in zip(columns.bought[kept], decisions.copies[kept], strict=True):
            draft.at_least(np.array([position]), float(number))
            draft.at_most(np.array([position]), float(number))


def _exclude(draft: _Draft, formulation: Formulation, plan: Plan) -> None:
    columns = formulation.columns.in_force
    used = decisions_in(plan, formulation).in_force & (columns >= 0)
    rest = ~used & (columns >= 0)
    where = np.concatenate([columns[used], columns[rest]])
    values = np.concatenate([-np.ones(int(used.sum())), np.ones(int(rest.sum()))])
    draft.row(
        where, values, (1.0 - int(used.sum()), np.inf), {"period": -1}, "other modes than those of a plan"
    )
