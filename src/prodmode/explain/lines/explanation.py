"""The explanation of a line as data: its ledger, every other option, and the best plan with each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from prodmode.explain.answer import Answer
from prodmode.instance.windows import on_market
from prodmode.plan.runs import Run

if TYPE_CHECKING:
    from prodmode.document.blocks import Document
    from prodmode.explain.interval import Interval
    from prodmode.explain.lines.accounts import Ledger
    from prodmode.explain.lines.knock_on import KnockOn
    from prodmode.explain.lines.waterfall import Waterfall
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

Standing = Literal["chosen", "tie", "close", "worse", "better", "not_allowed", "impossible", "unknown"]
"""How an option stands beside the plan; see `Alternative`."""


@dataclass(frozen=True)
class Alternative:
    """Another way to serve a line, and the best plan in which the line uses it throughout.

    Attributes
    ----------
    option, mode, site : str or None
        The option; None for not offering the line.
    standing : str
        "chosen": the plan uses it, and it alone, as early as it can be used; "tie": it is proven to be as
        good; "close": no difference is proven; "worse": a loss is proven; "better": it earns more than the
        plan under study, which is not the best; "not_allowed": not eligible; "impossible": no plan uses it;
        "unknown": the solves did not settle it.
    reasons : tuple of str
        Why it is not allowed, impossible or cannot be used earlier; sentences.
    since : str or None
        First period from which it can be used, where that is later than the first one in question.
    loss : Interval or None
        What the best plan with it earns less, proven; None without a figure. For an option that is not
        allowed: what it would lose if it were, negative where it would gain. It is also the sum, paid once
        for using the option (present value), at which both are worth the same.
    frees_budget : bool
        Whether its tooling or investments draw on a budget: a cut of those frees money besides.
    ledger : Ledger or None
        What the line does and earns in that plan.
    waterfall : Waterfall or None
        Why that plan earns less.
    knock_on : KnockOn or None
        What else changes in it.
    scarce : tuple of str
        Resources of which it takes more than the plan's option and which are used up in either plan.
    plan : Plan or None
        That plan.
    """

    option: str | None
    mode: str | None
    site: str | None
    standing: Standing
    reasons: tuple[str, ...] = ()
    since: str | None = None
    loss: Interval | None = None
    frees_budget: bool = False
    ledger: Ledger | None = None
    waterfall: Waterfall | None = None
    knock_on: KnockOn | None = None
    scarce: tuple[str, ...] = ()
    plan: Plan | None = field(default=None, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the plan as data."""
        lump_sum = self.loss if self.standing in {"tie", "close", "worse"} else None
        return {
            "option": self.option,
            "mode": self.mode,
            "site": self.site,
            "standing": self.standing,
            "reasons": list(self.reasons),
            "since": self.since,
            "loss": _data(self.loss),
            "break_even_lump_sum": _data(lump_sum),
            "lump_sum_is_upper_bound": self.frees_budget,
            "ledger": _data(self.ledger),
            "waterfall": _data(self.waterfall),
            "knock_on": _data(self.knock_on),
        }


@dataclass(frozen=True)
class LineExplanation(Answer):
    """Why a line is made as it is.

    Attributes
    ----------
    line : str
    instance : Instance
    value : Interval
        The best net present value: that of the plan, and what is proven.
    runs : tuple of Run
        Options in force over the horizon.
    ledger : Ledger
        What the line does and earns in the plan.
    alternatives : tuple of Alternative
        Every option of the line, and not offering it where that is allowed; the closest first.
    full : dict of str to tuple of str
        Resources that the plan uses up, with the periods.
    """

    line: str
    instance: Instance = field(repr=False)
    value: Interval
    runs: tuple[Run, ...]
    ledger: Ledger
    alternatives: tuple[Alternative, ...]
    full: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def sold_runs(self) -> tuple[Run, ...]:
        """The runs in the periods in which the line is on the market."""
        mine = (self.instance.lines["line"] == self.line).to_numpy()
        market = on_market(self.instance)[mine][0]
        periods = [period for period, sold in zip(self.instance.periods, market, strict=True) if sold]
        if not periods:
            return self.runs
        order = {period: number for number, period in enumerate(self.instance.periods)}
        first, last = order[periods[0]], order[periods[-1]]
        return tuple(
            Run(
                self.instance.periods[max(order[run.first], first)],
                self.instance.periods[min(order[run.last], last)],
                run.ways,
            )
            for run in self.runs
            if order[run.first] <= last and order[run.last] >= first
        )

    @property
    def next_best(self) -> Alternative | None:
        """The alternative that loses least, as far as is known; None where no other way is possible."""
        others = [row for row in self.alternatives if row.standing in {"better", "tie", "close", "worse"}]
        return others[0] if others else None

    @property
    def headline(self) -> str:
        """The answer in a sentence or two."""
        from prodmode.explain.lines.text import headline  # noqa: PLC0415 (text is a view of the data)

        return headline(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as data that JSON can hold."""
        return {
            "line": self.line,
            "currency": self.instance.currency,
            "headline": self.headline,
            "npv": self.value.to_dict(),
            "runs": [run.to_dict() for run in self.runs],
            "ledger": self.ledger.to_dict(),
            "alternatives": [row.to_dict() for row in self.alternatives],
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the ledgers side by side, the alternatives and their waterfalls."""
        ledgers = {"the plan": self.ledger} | {
            row.option or "not offered": row.ledger for row in self.alternatives if row.ledger is not None
        }
        named = [(row.option or "not offered", row) for row in self.alternatives]
        return {
            "ledger": pd.DataFrame({name: part.amounts | part.money for name, part in ledgers.items()}),
            "takes": pd.DataFrame(
                [{"option": name} | take.to_dict() for name, part in ledgers.items() for take in part.takes],
                columns=["option", "resource", "unit", "units", "worth"],
            ),
            "alternatives": pd.DataFrame(
                [
                    {
                        "option": name,
                        "mode": row.mode,
                        "site": row.site,
                        "standing": row.standing,
                        "loss_at_least": None if row.loss is None else row.loss.lower,
                        "loss_at_most": None if row.loss is None else row.loss.upper,
                        "reason": " ".join(row.reasons),
                    }
                    for name, row in named
                ]
            ),
            "waterfall": pd.DataFrame(
                [
                    {"option": name} | step.to_dict()
                    for name, row in named
                    if row.waterfall is not None
                    for step in row.waterfall.steps
                ],
                columns=["option", "kind", "amount"],
            ),
        }

    def document(self) -> Document:
        """Return the explanation as a document."""
        from prodmode.explain.lines.text import document  # noqa: PLC0415 (text is a view of the data)

        return document(self)


@dataclass(frozen=True)
class PlanExplanation(Answer):
    """Why each line of a plan is made as it is.

    Attributes
    ----------
    instance : Instance
    value : Interval
        The best net present value.
    lines : tuple of LineExplanation
    """

    instance: Instance = field(repr=False)
    value: Interval
    lines: tuple[LineExplanation, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the explanations as data that JSON can hold."""
        return {
            "instance": self.instance.name,
            "currency": self.instance.currency,
            "npv": self.value.to_dict(),
            "lines": [row.to_dict() for row in self.lines],
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables of all lines, each with a column for the line."""
        found: dict[str, list[pd.DataFrame]] = {}
        for row in self.lines:
            for name, table in row.tables().items():
                named = table.rename_axis("entry").reset_index() if name == "ledger" else table
                found.setdefault(name, []).append(named.assign(line=row.line))
        return {name: pd.concat(parts, ignore_index=True) for name, parts in found.items()}

    def document(self) -> Document:
        """Return a summary and the document of each line."""
        from prodmode.explain.lines.text import overview  # noqa: PLC0415 (text is a view of the data)

        return overview(self)


def _data(part: Any) -> Any:
    return None if part is None else part.to_dict()
