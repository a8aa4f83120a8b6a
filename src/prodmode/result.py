"""What came of solving an instance."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodmode.document.blocks import Bullets, Document, Facts, Paragraph
from prodmode.document.notebook import notebook
from prodmode.errors import ProdmodeError
from prodmode.plan.overview import decisions
from prodmode.plan.plan import records
from prodmode.plan.tables import frame

if TYPE_CHECKING:
    from os import PathLike

    from prodmode.backends.contract import Status
    from prodmode.document.blocks import Block
    from prodmode.explain.answer import Answer
    from prodmode.instance.instance import Instance
    from prodmode.plan.checking.verdict import Verdict
    from prodmode.plan.plan import Plan

_NO_TIME = "There is no plan yet. Give it more time (time_limit), a looser gap, or try another backend."
_WAYS_OUT = {
    "infeasible": "No plan can meet every requirement. result.explain() tells which rules cannot hold "
    "together, and the cheapest way out.",
    "unbounded": "The profit grows without end: something can be sold at a profit without limit.",
    "time_limit": _NO_TIME,
    "interrupted": _NO_TIME,
}
"""What can be done where there is no plan, by status."""


@dataclass(frozen=True, repr=False)
class Result:
    """Why a run stopped, and what it has.

    Attributes
    ----------
    instance : Instance
        What was solved.
    status : Status
        Why it stopped. "optimal" means proved within 1e-6 or the asked gap, never a stopped run.
    backend, backend_version : str
        Who solved it.
    objective : float or None
        Expected net present value of the plan, None without one.
    bound : float or None
        Proven upper bound on the net present value of any plan.
    gap : float or None
        Distance of objective and bound relative to the objective.
    nodes : int or None
        Nodes the solver explored.
    build_seconds, solve_seconds : float
        Spent on the formulation and in the solver.
    verdict : Verdict or None
        What the referee found, None without a plan.
    message : str
        What else there is to say.
    choice : str or None
        Why "auto" took this backend; None where the backend was named.
    """

    instance: Instance
    status: Status
    backend: str
    backend_version: str
    objective: float | None
    bound: float | None
    gap: float | None
    nodes: int | None
    build_seconds: float
    solve_seconds: float
    verdict: Verdict | None
    message: str
    _plan: Plan | None
    choice: str | None = None

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan."""
        return self._plan is not None

    @property
    def verified(self) -> bool:
        """Whether there is a plan and the referee found nothing against it."""
        return self.verdict is not None and self.verdict.verified

    @property
    def plan(self) -> Plan:
        """The plan.

        Raises
        ------
        ProdmodeError
            If there is none.
        """
        if self._plan is None:
            raise ProdmodeError(f"there is no plan: the run ended with status '{self.status}'")
        return self._plan

    def explain(self, line: str | None = None, **limits: Any) -> Answer:
        """Tell why the plan is as it is, or why there is none.

        Parameters
        ----------
        line : str, optional
            The line to explain; all lines without it.
        **limits
            As in `prodmode.explain.of_result.explain_result`: ``time_limit`` seconds for each solve,
            ``processes`` to run side by side, ``on_progress``, ``cancel``.

        Returns
        -------
        Answer
            A `LineExplanation`, a `PlanExplanation`, or a `Diagnosis` of an infeasible instance; each prints
            as text and has ``to_dict``, ``tables``, ``document`` and ``to_markdown``.

        Raises
        ------
        InputError
            If there is no such line.
        ProdmodeError
            If there is neither a plan nor a proof that there is none.
        """
        from prodmode.explain.of_result import explain_result  # noqa: PLC0415 (a later room, entered on demand)

        return explain_result(self, line, **limits)

    def report(self, file: str | PathLike[str], **options: Any) -> None:
        """Write the plan as one page of HTML, which works offline and prints.

        Parameters
        ----------
        file : path
            Where the page goes; it appears whole or not at all.
        **options
            As in `prodmode.report.html.of_result.report_result`: ``story`` (True by default, one solve),
            ``explain`` for each line's why (some solves a line), ``time_limit`` seconds for each solve,
            ``processes`` to run side by side.

        Raises
        ------
        ProdmodeError
            If there is no plan, or the referee rejected it.
        """
        from prodmode.report.html.of_result import report_result  # noqa: PLC0415 (a later room, on demand)

        report_result(self, Path(file), **options)

    def to_dict(self) -> dict[str, Any]:
        """Return what ``prodmode solve --json`` prints."""
        stated = self.stated()
        return stated | {name: records(stated[name]) for name in ("assignments", "investments")}

    def stated(self) -> dict[str, Any]:
        """Return the same as `to_dict` with tables for the assignments and investments."""
        if self._plan is None:
            assignments, investments, kpis = frame("assignments"), frame("purchases"), None
        else:
            assignments, investments = self._plan.assignments, self._plan.purchases
            kpis = self._plan.kpis
        assignments = assignments[["line", "period", "option", "mode", "site", "made", "sold"]]
        return {
            "instance": self.instance.name,
            "status": self.status.value,
            "backend": self.backend,
            "backend_version": self.backend_version,
            "backend_choice": self.choice,
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "currency": self.instance.currency,
            "has_plan": self.has_plan,
            "verified": self.verified,
            "violations": [str(violation) for violation in self.verdict.violations] if self.verdict else [],
            "nodes": self.nodes,
            "build_seconds": self.build_seconds,
            "solve_seconds": self.solve_seconds,
            "message": self.message,
            "assignments": assignments,
            "investments": investments,
            "kpis": kpis,
        }

    def _facts(self) -> list[tuple[str, str]]:
        """Return what is known, as label and text; the unknown is left out."""
        currency = self.instance.currency
        facts = [("status", self.status.value)]
        if self.objective is not None:
            facts.append(("net present value", f"{self.objective:,.2f} {currency}"))
        if self.bound is not None:
            facts.append(("proven bound", f"{self.bound:,.2f} {currency}"))
        if self.gap is not None:
            facts.append(("gap", f"{self.gap:.4%}"))
        if self.has_plan:
            facts.append(("referee", "verified" if self.verified else "rejected"))
        facts.append(("backend", f"{self.backend} ({self.backend_version})"))
        if self.choice:
            facts.append(("chosen", self.choice))
        facts.append(("seconds", f"{self.build_seconds:.2f} to build, {self.solve_seconds:.2f} to solve"))
        if self.message:
            facts.append(("note", self.message))
        return facts

    def __repr__(self) -> str:
        npv = f", npv={self.objective:,.2f} {self.instance.currency}" if self.objective is not None else ""
        return f"<Result '{self.instance.name}': {self.status.value}{npv}, verified={self.verified}>"

    def __str__(self) -> str:
        facts = [("instance", self.instance.name), *self._facts()]
        width = max(len(label) for label, _ in facts)
        return "\n".join(f"{label:<{width}}  {text}" for label, text in facts)

    def _repr_html_(self) -> str:
        return notebook(self._document())

    def _document(self) -> Document:
        """Return the outcome as a document: the proof, then the plan or the way out."""
        blocks: list[Block] = [Facts(tuple(self._facts()))]
        if self.verdict is not None and not self.verified:
            told = tuple(str(violation) for violation in self.verdict.violations)
            blocks += [Paragraph("The referee rejected the plan; do not use it."), Bullets(told)]
        elif self._plan is not None:
            blocks += decisions(self._plan)
        elif self.status.value in _WAYS_OUT:
            blocks.append(Paragraph(_WAYS_OUT[self.status.value]))
        return Document(self.instance.name, tuple(blocks))
