"""``prodmode diff``."""

from __future__ import annotations

import dataclasses
import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prodmode.cli.finite import Finite
from prodmode.cli.options import markdown_option
from prodmode.cli.output import emit, emit_json, issue_dicts, json_option, note, page, write_markdown
from prodmode.document.text import text
from prodmode.errors import InputError, Issue, Place, nearest
from prodmode.plan.diff import diff
from prodmode.plan.files import PLAN_FILE, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodmode.explain.attribution.attribution import Attribution
    from prodmode.plan.plan import Plan

_HINT = f"Give a folder that 'prodmode solve --output' wrote, or the {PLAN_FILE} in it."


@click.command(name="diff")
@click.argument("plan_a", type=click.Path(path_type=Path))
@click.argument("plan_b", type=click.Path(path_type=Path))
@markdown_option
@click.option("--instance-a", type=click.Path(path_type=Path), metavar="PATH", help="The input of PLAN_A.")
@click.option(
    "--instance-b",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The input of PLAN_B; with both, it is worked out which change of input drives the difference.",
)
@click.option(
    "--time-limit", type=Finite(min=0, min_open=True), metavar="S", help="Most seconds for each solve then."
)
@click.option("--backend", default="auto", show_default=True, help="Solver then.")
@json_option
def command(
    plan_a: Path,
    plan_b: Path,
    *,
    markdown: Path | None,
    instance_a: Path | None,
    instance_b: Path | None,
    time_limit: float | None,
    backend: str,
    as_json: bool,
) -> None:
    r"""Tell what differs between two plans.

    PLAN_A (before) and PLAN_B (after) are folders that 'prodmode solve --output' wrote, or the plan.json in
    them. The plans may be of different instances, with other lines or periods, but of one currency.

    With the input of both plans (--instance-a, --instance-b) the changes of input are made one at a time and
    solved, to tell which of them drive the difference.

    \b
    Exit codes: 0 told, also where nothing differs; 2 usage; 3 a file is missing or holds no plan, or the
    plans cannot be compared.
    """
    if (instance_a is None) != (instance_b is None):
        raise click.UsageError("Give both --instance-a and --instance-b, or neither.")
    with _answering(as_json=as_json):
        before, after = _read(plan_a, plan_b)
        found = diff(before, after)
        document, data = found.document(), found.to_dict()
        if instance_a is not None and instance_b is not None:
            causes = _causes((before, after), (instance_a, instance_b), time_limit, backend)
            document = dataclasses.replace(document, blocks=(*document.blocks, *causes.document().under()))
            data |= {"attribution": causes.to_dict()}
        if markdown:
            write_markdown(document, markdown)
            note(f"{markdown}: the difference as Markdown")
    if as_json:
        emit_json(data)
    else:
        emit(text(document, page(sys.stdout)))


def _causes(
    plans: tuple[Plan, Plan], paths: tuple[Path, Path], time_limit: float | None, backend: str
) -> Attribution:
    """Return which changes of input drive the difference; every fault of both inputs comes first."""
    # what a difference without causes does not need: the solvers
    from prodmode.explain.attribution.attribution import attribution  # noqa: PLC0415
    from prodmode.explain.baseline import fits  # noqa: PLC0415
    from prodmode.explain.study import Study  # noqa: PLC0415
    from prodmode.io import load  # noqa: PLC0415
    from prodmode.report.steps import live_steps  # noqa: PLC0415

    instances = []
    issues: list[Issue] = []
    for plan, path in zip(plans, paths, strict=True):
        try:
            instances.append(load(path))
            fits(instances[-1], plan)
        except InputError as error:
            issues += error.issues
    if issues:
        raise InputError(issues)
    before, after = (
        Study.of(instance, backend=backend, time_limit=time_limit, warm_start=plan)
        for instance, plan in zip(instances, plans, strict=True)
    )
    with live_steps(sys.stderr) as steps:
        steps.step("changes of input")
        return attribution(before, after, plan_before=plans[0], plan_after=plans[1], on_progress=steps.case)


def _read(*paths: Path) -> list[Plan]:
    """Read the plans, or list what is wrong with every file."""
    plans: list[Plan] = []
    issues: list[Issue] = []
    for path in paths:
        try:
            plans.append(read_plan(path))
        except InputError as error:
            issues += [_advised(issue, path) for issue in error.issues]
    if issues:
        raise InputError(issues)
    return plans


def _advised(issue: Issue, path: Path) -> Issue:
    """Return a fault with the way out."""
    if not path.exists():
        place = Place(file=str(path))
        return Issue("there is no such file or folder.", place=place, hint=_near(path), code=issue.code)
    if path.is_dir() and not (path / PLAN_FILE).exists():
        status = _status(path)
        told = f"the run that wrote this folder found no plan: it ended with status '{status}'."
        message = told if status else f"there is no {PLAN_FILE} in this folder."
        return Issue(message, place=Place(file=str(path)), hint=_HINT, code=issue.code)
    return dataclasses.replace(issue, message=f"{issue.message.removesuffix('.')}.", hint=issue.hint or _HINT)


def _near(path: Path) -> str:
    try:
        neighbours = sorted(entry.name for entry in path.parent.iterdir())
    except OSError:
        return _HINT
    close = nearest(path.name, neighbours)
    return f"Maybe you meant '{path.with_name(close)}'?" if close else _HINT


def _status(folder: Path) -> str | None:
    """Return the status that a run without a plan left in a folder, None where there is none."""
    from prodmode.cli.solve import RESULT_FILE  # noqa: PLC0415 (brings the solvers, for a message alone)

    try:
        status = json.loads((folder / RESULT_FILE).read_text(encoding="utf-8"))["status"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return status if isinstance(status, str) else None


@contextmanager
def _answering(*, as_json: bool) -> Iterator[None]:
    """With ``--json``, answer with an object of the same shape also where there is no difference to tell."""
    try:
        yield
    except InputError as error:
        if as_json:
            emit_json(_no_difference(error))
        raise


def _no_difference(error: InputError) -> dict[str, Any]:
    return {
        "instance": None,
        "currency": None,
        "npv": None,
        "is_empty": None,
        "periods": None,
        "notes": [],
        "lines_new": [],
        "lines_gone": [],
        "decisions": [],
        "purchases": [],
        "money": [],
        "fill_rate": None,
        "units": [],
        "served": [],
        "utilisation": [],
        "errors": issue_dicts(error.issues),
    }
