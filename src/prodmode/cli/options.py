"""Options that several commands have, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from prodmode.cli.finite import Finite, Whole

if TYPE_CHECKING:
    from collections.abc import Callable

Command = TypeVar("Command", bound="Callable[..., Any]")


def solver_options(
    *, gap: float, seconds: float | None = None, time_limit_help: str = "Most seconds for each solve."
) -> Callable[[Command], Command]:
    """Add ``--backend``, ``--time-limit``, ``--gap``, ``--threads`` and ``--seed`` to a command.

    Parameters
    ----------
    gap : float
        The relative gap where none is asked for.
    seconds : float, optional
        The time limit where none is asked for; without, there is none.
    time_limit_help : str
        What the time limit is for.
    """
    options = (
        click.option(
            "--backend", default="auto", show_default=True, help="Solver; 'prodmode backends' lists them."
        ),
        click.option(
            "--time-limit",
            type=Finite(min=0, min_open=True),
            default=seconds,
            show_default=seconds is not None,
            metavar="S",
            help=time_limit_help,
        ),
        click.option(
            "--gap", type=Finite(min=0), default=gap, show_default=True, help="Relative gap to stop at."
        ),
        click.option("--threads", type=Whole(min=1), metavar="N", help="Threads the solver may use."),
        click.option("--seed", type=Whole(min=0), metavar="N", help="Seed of the solver's random choices."),
    )

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def markdown_option(command: Command) -> Command:
    """Add ``--markdown FILE`` to a command; its parameter is called ``markdown``."""
    option = click.option(
        "--markdown",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Write the answer there as Markdown too.",
    )
    return option(command)
