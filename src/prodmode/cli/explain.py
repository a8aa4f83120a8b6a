"""``prodmode explain``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prodmode.cli.codes import ExitCode
from prodmode.cli.finite import Whole
from prodmode.cli.options import markdown_option, solver_options
from prodmode.cli.output import emit, emit_json, json_option, note, page, write_markdown
from prodmode.cli.solve import exit_code
from prodmode.document.blocks import Document, Paragraph
from prodmode.document.text import text
from prodmode.explain.baseline import given
from prodmode.explain.fast.fast import fast_prices
from prodmode.explain.frontier.frontier import frontier
from prodmode.explain.frontier.levers import lever_of
from prodmode.explain.infeasible import diagnose
from prodmode.explain.questions import QUESTIONS, ask
from prodmode.explain.selector import lines_named
from prodmode.explain.study import GAP, Study
from prodmode.io import load
from prodmode.plan.files import read_plan
from prodmode.report.progress import live_progress
from prodmode.report.steps import live_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prodmode.explain.answer import Answer
    from prodmode.instance.instance import Instance

SECONDS = 60.0
"""Default time limit of each solve."""


def _question_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for word in reversed(QUESTIONS):
        name = word.replace("-", "_")
        option = click.option(f"--{word}", f"ask_{name}", is_flag=True, help=QUESTIONS[word].help)
        command = option(command)
    return command


@click.command(name="explain")
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("lines", nargs=-1, metavar="[LINE ...]")
@_question_options
@click.option("--all", "ask_all", is_flag=True, help="Ask all of these.")
@click.option(
    "--frontier",
    "frontiers",
    multiple=True,
    metavar="WHAT",
    help="Profit against a limit, point by point: budget, emissions, outsourced or limit=NAME; repeatable.",
)
@click.option("--fast", is_flag=True, help="Price all lines, solving nothing; with --plan there are bounds.")
@click.option(
    "--plan",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A plan that 'prodmode solve --output' wrote: to start from, or to price beside.",
)
@solver_options(gap=GAP, seconds=SECONDS)
@click.option("--processes", type=Whole(min=1), metavar="N", help="Solves to run side by side.")
@markdown_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    path: Path,
    lines: tuple[str, ...],
    *,
    ask_all: bool,
    frontiers: tuple[str, ...],
    fast: bool,
    plan: Path | None,
    backend: str,
    time_limit: float,
    gap: float,
    threads: int | None,
    seed: int | None,
    processes: int | None,
    markdown: Path | None,
    as_json: bool,
    **asked: bool,
) -> None:
    r"""Tell why the best plan is as it is, and what would change it.

    PATH is an instance as for 'solve'. Without a question every LINE is explained, or all lines: how it is
    made, what that earns, and what the best whole plan with every other option would lose. Where no plan is
    possible the answer is why, which rules cannot hold together, and the cheapest way out.

    \b
      prodmode explain furniture oak-table
      prodmode explain furniture --story --bottlenecks --markdown board.md
      prodmode explain furniture bookcase --break-even
      prodmode explain furniture --frontier budget --frontier emissions

    Ctrl-C ends what is being solved and answers with what is known. Exit codes are those of 'solve'.
    """
    words = [word for word in QUESTIONS if ask_all or asked[f"ask_{word.replace('-', '_')}"]]
    if fast and (words or frontiers):
        raise click.UsageError("--fast prices lines; it goes with no other question.")
    instance = load(path)
    lines_named(instance, lines)  # faults come before the work
    for what in frontiers:
        lever_of(instance, what)
    start = read_plan(plan) if plan else None
    if fast:
        source = instance if start is None else given(instance, start)
        answers: dict[str, Answer] = {"fast": fast_prices(source, lines or None)}
        _show(instance, answers, {}, markdown, as_json=as_json)
        return
    with live_progress(sys.stderr, gap=gap, time_limit=time_limit) as on_progress:
        study = Study.of(
            instance, backend=backend, time_limit=time_limit, gap=gap, threads=threads, seed=seed,
            warm_start=start, on_progress=on_progress,
        )  # fmt: skip
    result = study.result
    head: dict[str, Any] = {
        "status": result.status.value,
        "backend": result.backend,
        "objective": result.objective,
        "bound": result.bound,
        "verified": result.verified,
    }
    if result.status.value == "infeasible":
        with live_steps(sys.stderr) as steps:
            steps.step("why there is no plan")
            found = diagnose(instance, time_limit=time_limit, backend=backend)
        _show(instance, {"infeasible": found}, head, markdown, as_json=as_json)
        ctx.exit(ExitCode.INFEASIBLE)
    if not result.has_plan or not result.verified:
        note(f"There is no plan to explain (status '{result.status.value}').")
        if result.message:
            note(result.message)
        ctx.exit(exit_code(result))
    if start is not None and result.message:
        note(result.message)
    with live_steps(sys.stderr) as steps:
        answers = ask(
            study,
            words or ([] if frontiers else ["lines"]),
            lines=lines or None,
            processes=processes,
            steps=steps,
        )
        for what in dict.fromkeys(frontiers):
            steps.step(f"frontier against {what}")
            answers[f"frontier {what}"] = frontier(study, what, processes=processes, on_progress=steps.case)
    _show(instance, answers, head, markdown, as_json=as_json)


def _show(
    instance: Instance,
    answers: dict[str, Answer],
    head: dict[str, Any],
    file: Path | None,
    *,
    as_json: bool,
) -> None:
    document = _together(instance, list(answers.values()))
    if file is not None:
        write_markdown(document, file)
    if as_json:
        told = {word: answer.to_dict() for word, answer in answers.items()}
        emit_json({"instance": instance.name, "currency": instance.currency, **head, "answers": told})
    else:
        emit(text(document, page(sys.stdout)))


def _together(instance: Instance, answers: Sequence[Answer]) -> Document:
    """Return answers as one document."""
    if len(answers) == 1:
        return answers[0].document()
    parts = tuple(block for answer in answers for block in answer.document().under())
    return Document(f"{instance.name}: the plan explained", parts or (Paragraph("Nothing was asked."),))
