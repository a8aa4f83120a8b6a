"""The ``prodmode`` command: a group that imports a command only when it is asked for."""

from __future__ import annotations

import importlib
import os
from typing import Any

import click

from prodmode.cli.guard import guard
from prodmode.errors import nearest

COMMANDS = {
    "new": "Write a blank template or a shipped example.",
    "check": "Check an instance and list every fault.",
    "solve": "Find the best plan and verify it.",
    "what-if": "Change the input and see what the best plan then is.",
    "explain": "Tell why the best plan is as it is, and what would change it.",
    "compare": "Give one model to several solvers and referee every answer.",
    "diff": "Tell what differs between two plans.",
    "report": "Write a plan as a page or a workbook to open and show.",
    "export": "Write the model for other solvers.",
    "backends": "List the solver backends and what they can do.",
    "generate": "Generate a credible portfolio of any size.",
    "schema": "Write the JSON schema of a YAML or JSON instance, for editors.",
    "completion": "Print the script by which a shell completes prodmode.",
}
"""Name and one-line help of each command; its code is ``command`` in the module of that name."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are invoked or their help is shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return the names of the commands, in the order of a planner's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None where there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"prodmode.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        if command.help:
            # Docstrings are raw: what they write as two characters is one for click, which then keeps lines.
            command.help = command.help.replace("\\b\n", "\b\n")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments name, or suggest the nearest."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            close = nearest(name, list(COMMANDS))
            advice = f"Did you mean '{close}'?" if close else f"There are: {', '.join(COMMANDS)}."
            if os.path.exists(name):  # noqa: PTH110 (pathlib is one more import, and this is in every start)
                advice = f"Did you mean 'prodmode solve {name}'?"
            raise click.UsageError(f"No such command '{name}'. {advice}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it raises becomes a message and an exit code."""
        with guard(ctx, debug=ctx.params.get("debug", False)):
            return super().invoke(ctx)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: prodmode new my-portfolio --example furniture && prodmode solve my-portfolio",
)
@click.version_option(package_name="prodmode", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, envvar="PRODMODE_DEBUG", help="Show tracebacks of unexpected errors.")
def group(*, debug: bool) -> None:
    """Decide how each product line is made, and prove how good the plan is.

    Mass production, custom production or outsourcing: for each line and period, with the lots, the
    investments and the net present value.
    """


def main() -> None:
    """Run the command line, or answer a shell that completes one."""
    if "_PRODMODE_COMPLETE" in os.environ:
        from prodmode.cli.completion import answer  # noqa: PLC0415 (for a shell that asks alone)

        answer()
    group(prog_name="prodmode")
