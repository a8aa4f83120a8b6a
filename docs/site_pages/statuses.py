"""The reference of statuses and exit codes."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise

from prodmode.backends.contract import DEFAULT_GAP, OPTIMAL_GAP, Status
from prodmode.cli import codes

INTRODUCTION = """\
# Statuses and exit codes

## Statuses

Why a run stopped, in `Result.status` and under `status` in `--json`. Whether there is a plan is told apart
from it: `Result.has_plan`, `has_plan`. What is not known is `None` in Python and `null` in JSON, never 0 or
infinity.
"""

MEANINGS = {
    Status.OPTIMAL: f"the plan is proved best, within {OPTIMAL_GAP:g} relative or within the gap asked for "
    f"where that is {DEFAULT_GAP:g}, the default, or less; never said of a run that was stopped",
    Status.GAP_REACHED: f"the plan is proved within the gap asked for, which was looser than {DEFAULT_GAP:g}",
    Status.TIME_LIMIT: "the time limit ended the run; there may be a plan, with its bound and gap",
    Status.INTERRUPTED: "Ctrl-C or `cancel` ended the run; there may be a plan, with its bound and gap",
    Status.INFEASIBLE: "proved: no plan can keep all rules",
    Status.UNBOUNDED: "proved: profit has no limit, which in practice is an error in the input",
    Status.ERROR: "the solver failed, or what it answered did not stand; the message says what happened",
}
"""What each status means."""


def page() -> str:
    """Return the page as Markdown; KeyError where a status has no meaning yet."""
    statuses = [f"| `{status.value}` | {MEANINGS[status]} |" for status in Status]
    exits = [f"| {code.value} | {meaning} |" for code, meaning in exit_codes().items()]
    return "\n".join(
        [
            INTRODUCTION,
            "| status | meaning |\n|---|---|",
            *statuses,
            "\n## Exit codes\n\nThe same for every command.\n",
            "| code | meaning |\n|---|---|",
            *exits,
            "\nA run that was interrupted but has a verified plan exits with 0 and says `interrupted`.\n",
        ]
    )


def exit_codes() -> dict[codes.ExitCode, str]:
    """Return what each exit code means: the text that stands below it in the source."""
    (body,) = (
        node.body
        for node in ast.parse(inspect.getsource(codes)).body
        if isinstance(node, ast.ClassDef) and node.name == codes.ExitCode.__name__
    )
    meanings = {}
    for assigned, text in pairwise(body):
        if isinstance(assigned, ast.Assign) and isinstance(text, ast.Expr):
            words = inspect.cleandoc(str(ast.literal_eval(text.value)))
            meanings[codes.ExitCode[ast.unparse(assigned.targets[0])]] = words.replace("``", "`")
    return {code: meanings[code] for code in codes.ExitCode}
