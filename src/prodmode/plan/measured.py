"""What a limit measures of a plan, as the referee does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.plan.checker import findings_on
from prodmode.plan.checking.blocks import block, spans
from prodmode.plan.checking.facts import gather
from prodmode.plan.checking.limits import FILTERS, Measures, spans_of
from prodmode.plan.checking.reading import read_tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan


def measured(instance: Instance, plan: Plan, limit: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what a limit measures of a plan, and the same measure over everything.

    Parameters
    ----------
    instance : Instance
        It has the limit; the plan may be of another instance with the same names.
    plan : Plan
    limit : str

    Returns
    -------
    part, whole : ndarray, shape (W, G)
        By scenario, and by the periods (or groups of them) in which the limit holds on its own. Shares are
        ``part / whole``.

    Raises
    ------
    KeyError
        If there is no such limit.
    """
    rows = instance.limits
    places = np.flatnonzero((rows["limit"] == limit).to_numpy())
    if not len(places):
        raise KeyError(limit)
    place = int(places[0])
    facts = gather(instance, read_tables(instance, plan, findings_on(instance, 1e-6)))
    measures = Measures(facts)
    for span in spans(facts):
        measures.add(block(facts, span))
    codes = facts.data["limits"]
    filters = {name: int(codes[name][place]) for name in FILTERS if codes[name][place] >= 0}
    record = {str(name): value for name, value in rows.iloc[place].to_dict().items()}
    groups = spans_of(facts, record)
    amounts = [measures.by_period(str(record["measure"]), chosen) for chosen in (filters, {})]
    part, whole = (np.stack([of[:, group.periods].sum(1) for group in groups], axis=1) for of in amounts)
    return part, whole
