"""``prodmode completion``, and what a shell is answered."""

from __future__ import annotations

import os
from typing import NoReturn

import click
from click.shell_completion import get_completion_class

from prodmode.cli.output import emit

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_PRODMODE_COMPLETE"
"""The variable by which the script of a shell asks: ``bash_complete`` and so on."""


@click.command(name="completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    r"""Print the script by which a shell completes prodmode.

    It completes commands, options, files, backends, examples and questions. Put it in place once:

    \b
    bash   echo 'eval "$(prodmode completion bash)"' >> ~/.bashrc
    zsh    echo 'eval "$(prodmode completion zsh)"' >> ~/.zshrc      (after compinit)
    fish   prodmode completion fish > ~/.config/fish/completions/prodmode.fish

    \b
    Then open a new shell and type:  prodmode so<TAB>
    """
    emit(_script(shell).strip())


def answer() -> NoReturn:
    """Answer a shell that asks how a command line could go on, and leave."""
    from prodmode.cli.shapes import light_group  # noqa: PLC0415 (it imports this package's main)

    shell = os.environ[VARIABLE].partition("_")[0]
    known = get_completion_class(shell)
    if known is None or shell not in SHELLS:
        raise SystemExit(1)
    emit(known(light_group(), {}, "prodmode", VARIABLE).complete())
    raise SystemExit(0)


def _script(shell: str) -> str:
    known = get_completion_class(shell)
    if known is None:
        raise click.UsageError(f"There is no completion for '{shell}'.")
    # The class's own source() would run bash to ask for its version.
    completion = known(click.Group(), {}, "prodmode", VARIABLE)
    return completion.source_template % completion.source_vars()
