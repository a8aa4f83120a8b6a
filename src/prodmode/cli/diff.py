"""``prodmode diff``."""

from __future__ import annotations

import dataclasses
import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prodmode.cli.output import emit, emit_json, issue_dicts, json_option, note, page
from prodmode.errors import InputError, Issue, Place, nearest
from prodmode.io.atomic import atomic_file
from prodmode.plan.diff import diff
from prodmode.plan.files import PLAN_FILE, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodmode.plan.plan import Plan

_HINT = f"Give a folder that 'prodmode solve --output' wrote, or the {PLAN_FILE} in it."


@click.command(name="diff")
@click.argument("plan_a", type=click.Path(path_type=Path))
@click.argument("plan_b", type=click.Path(path_type=Path))
@click.option(
    "--markdown",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the difference there as Markdown, too.",
)
@json_option
def command(plan_a: Path, plan_b: Path, *, markdown: Path | None, as_json: bool) -> None:
    r"""Tell what differs between two plans.

    PLAN_A (before) and PLAN_B (after) are folders that 'prodmode solve --output' wrote, or the plan.json in
    them. The plans may be of different instances, with other lines or periods, but of one currency.

    \b
    Exit codes: 0 told, also where nothing differs; 2 usage; 3 a file is missing or holds no plan, or the
    plans cannot be compared.
    """
    with _answering(as_json=as_json):
        before, after = _read(plan_a, plan_b)
        found = diff(before, after)
        if markdown:
            with atomic_file(markdown) as file:
                file.write_text(found.to_markdown() + "\n", encoding="utf-8", newline="\n")
            note(f"{markdown}: the difference as Markdown")
    if as_json:
        emit_json(found.to_dict())
    else:
        emit(found.to_text(page(sys.stdout)))


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
