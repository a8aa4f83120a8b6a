"""``prodmode export``."""

from __future__ import annotations

from pathlib import Path

import click

from prodmode.cli.output import emit
from prodmode.errors import maybe
from prodmode.formulation import formulate
from prodmode.formulation.export import FORMATS, write
from prodmode.io import load


@click.command(name="export")
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format", "model_format", metavar="[mps|lp]", help="Format; by default that of the suffix of OUT."
)
def command(path: Path, out: Path, model_format: str | None) -> None:
    """Write the model as MPS or LP, for other solvers.

    Reads the instance at PATH, writes the model to OUT, and beside it OUT.names.json, which tells the family
    and key of every row and column. The model minimises minus the net present value.
    """
    chosen = (model_format or out.suffix.removeprefix(".")).lower()
    if chosen not in FORMATS:
        advice = maybe(chosen, FORMATS) or "Name OUT *.mps or *.lp, or give --format."
        raise click.UsageError(f"Unknown format '{chosen}': there are {' and '.join(FORMATS)}. {advice}")
    formulation = formulate(load(path))
    write(formulation, out, format=chosen)
    emit(f"{out}: the model\n{out}.names.json: the family and key of every row and column")
