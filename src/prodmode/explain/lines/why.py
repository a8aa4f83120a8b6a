"""Why each line is made as it is: the searches for every other option, put together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from prodmode.explain.fast.prices import capacity_prices, relax
from prodmode.explain.interval import EXACT, Interval
from prodmode.explain.lines.accounts import Accounts, Ledger
from prodmode.explain.lines.alternatives import loss_of, searches
from prodmode.explain.lines.explanation import Alternative, LineExplanation, PlanExplanation, Standing
from prodmode.explain.lines.knock_on import knock_on, used_up
from prodmode.explain.lines.lifting import lifted
from prodmode.explain.lines.waterfall import waterfall
from prodmode.explain.lines.why_not import is_unexplained, reasons
from prodmode.explain.rounds import walk
from prodmode.explain.selector import lines_named
from prodmode.plan.runs import runs

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable

    from prodmode.explain.lines.alternatives import Found
    from prodmode.explain.study import Case, Study

__all__ = ["Alternative", "LineExplanation", "PlanExplanation", "assemble", "explain_line", "explain_lines"]

_ORDER: tuple[Standing, ...] = (
    "better", "tie", "close", "worse", "unknown", "chosen", "not_allowed", "impossible",
)  # fmt: skip


def explain_line(
    study: Study,
    line: str,
    *,
    processes: int | None = None,
    on_progress: Callable[[int, int, Case], None] | None = None,
    cancel: threading.Event | None = None,
) -> LineExplanation:
    """Explain why a line is made as it is; see `explain_lines`."""
    return explain_lines(study, [line], processes=processes, on_progress=on_progress, cancel=cancel).lines[0]


def explain_lines(
    study: Study,
    lines: Iterable[str] | None = None,
    *,
    processes: int | None = None,
    on_progress: Callable[[int, int, Case], None] | None = None,
    cancel: threading.Event | None = None,
) -> PlanExplanation:
    """Explain why lines are made as they are, against every other option.

    For each option of a line, the best whole plan in which the line uses it alone wherever it can; where
    that is impossible, from the first period on from which it is possible; for an option that is not
    eligible, as if it were.

    Parameters
    ----------
    study : Study
        An instance with its plan.
    lines : iterable of str, optional
        Keys of the lines; by default all.
    processes : int, optional
        How many solves run side by side.
    on_progress : callable, optional
        Called with the number of solves done, the number known so far, and the case just solved.
    cancel : threading.Event, optional
        Ends the solves once set; what is not solved by then is said to be unknown.

    Raises
    ------
    InputError
        If lines are unknown.
    ProdmodeError
        If the study has no plan.
    """
    wanted = lines_named(study.instance, lines)
    study.plan  # noqa: B018 (raises where there is none, before anything is solved)
    asked = [(line, search) for line in wanted for search in searches(study, line)]
    answers = walk(
        study, [search for _, search in asked], processes=processes, on_progress=on_progress, cancel=cancel
    )
    lines_of = [line for line, _ in asked]
    stuck = [
        at
        for at, (line, answer) in enumerate(zip(lines_of, answers, strict=True))
        if is_unexplained(study, line, answer)
    ]
    told = lifted(
        study, [answers[at] for at in stuck], processes=processes, on_progress=on_progress, cancel=cancel
    )
    for at, sentence in zip(stuck, told, strict=True):
        answers[at] = replace(answers[at], allowed_if=sentence)
    found: dict[str, list[Found]] = {line: [] for line in wanted}
    for line, answer in zip(lines_of, answers, strict=True):
        found[line].append(answer)
    return assemble(study, found)


def assemble(study: Study, found: dict[str, list[Found]]) -> PlanExplanation:
    """Put together what came of the searches of each line."""
    relaxation = relax(study.formulation, time_limit=study.time_limit)
    prices = None if relaxation is None else capacity_prices(study.formulation, relaxation)
    chosen = Accounts(study.instance, study.plan, prices)
    full = used_up(chosen)
    used = runs(study.plan, found)
    explained = []
    for line, answers in found.items():
        alternatives = [_alternative(study, line, answer, chosen, full) for answer in answers]
        alternatives.sort(key=_closest)
        explained.append(
            LineExplanation(
                line, study.instance, study.value, used[line], chosen.ledger(line), tuple(alternatives), full
            )
        )
    return PlanExplanation(study.instance, study.value, tuple(explained))


def _alternative(
    study: Study, line: str, found: Found, chosen: Accounts, full: dict[str, tuple[str, ...]]
) -> Alternative:
    mode = site = None
    if found.option is not None:
        table = study.instance.options
        row = table.loc[table["option"] == found.option].iloc[0]
        mode, site = str(row["mode"]), row["site"] if isinstance(row["site"], str) else None
    loss = loss_of(study, found)
    standing = _standing(study, found, loss)
    told = reasons(study, line, found)
    result = found.result
    if found.chosen or found.impossible or result is None or not result.verified:
        return Alternative(found.option, mode, site, standing, told, found.since, loss)
    other = Accounts(result.instance, result.plan, chosen.prices)
    ledger, before = other.ledger(line), chosen.ledger(line)
    return Alternative(
        found.option, mode, site, standing, told, found.since, loss,
        frees_budget=bool(len(study.instance.budgets)) and _spends(other, line, found.option),
        ledger=ledger,
        waterfall=waterfall(line, chosen, other),
        knock_on=knock_on(line, chosen, other, found.option),
        scarce=_scarce(before, ledger, full.keys() | used_up(other).keys()),
        plan=result.plan,
    )  # fmt: skip


def _standing(study: Study, found: Found, loss: Interval | None) -> Standing:
    first: dict[Standing, bool] = {
        "not_allowed": not found.allowed,
        "impossible": found.impossible,
        "chosen": found.chosen,
        "unknown": loss is None,
    }
    standing = next((name for name, holds in first.items() if holds), None)
    if standing is not None or loss is None:
        return standing or "unknown"
    here, there = study.plan.npv, found.result.objective if found.result is not None else None
    if there is not None and there > here + EXACT * max(1.0, abs(here)):
        return "better"
    if loss.upper == 0:
        return "tie"
    return "worse" if loss.sign > 0 else "unknown" if loss.upper is None else "close"


def _closest(row: Alternative) -> tuple[int, float, float]:
    """Order alternatives by standing, then by loss; the rest keep the order of the table."""
    at_least = (row.loss.lower if row.loss is not None else None) or 0.0
    at_most = (row.loss.upper if row.loss is not None else None) or 0.0
    return _ORDER.index(row.standing), at_least, at_most


def _spends(accounts: Accounts, line: str, option: str | None) -> bool:
    """Return whether an option of a line spends capex: tooling, or an investment that it requires."""
    table = accounts.instance.options
    requires = table.loc[table["option"] == option, "requires"].notna().any()
    return bool(requires) or accounts.ledger(line).money["tooling_capex"] < 0


def _scarce(before: Ledger, after: Ledger, full: set[str]) -> tuple[str, ...]:
    """Return the resources that are used up and of which an option takes more than the plan's does."""
    had = {take.resource: take.units for take in before.takes}
    return tuple(
        take.resource
        for take in after.takes
        if take.resource in full and take.units > 1.05 * had.get(take.resource, 0.0)
    )
