"""``prodmode export``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from prodmode.cli.output import emit
from prodmode.errors import maybe
from prodmode.formulation import formulate
from prodmode.formulation.export import FORMATS as MODEL_FORMATS
from prodmode.formulation.export import write
from prodmode.io import load
from prodmode.io.gmpl import write_gmpl_data

FORMATS = (*MODEL_FORMATS, "gmpl")
SUFFIXES = {"dat": "gmpl"}


@click.command(name="export")
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option(
    "--format",
    "chosen",
    metavar="[mps|lp|gmpl]",
    help="Format; by default that of the suffix of OUT (.mps, .lp, .dat).",
)
def command(path: Path, out: Path | None, chosen: str | None) -> None:
    r"""Write the model for other solvers.

    Reads the instance at PATH and writes to OUT, or to the terminal where OUT is left out.

    \b
    mps   the model, for solvers; beside it OUT.names.json, the family and key of every row and column
    lp    the same, for people
    gmpl  the data section for models/production_mode.mod, the model in GNU MathProg

    MPS and LP minimise minus the net present value.
    """
    suffix = out.suffix.removeprefix(".").lower() if out else ""
    format_ = (chosen or SUFFIXES.get(suffix, suffix)).lower()
    if format_ not in FORMATS:
        advice = maybe(format_, FORMATS) or "Name OUT *.mps, *.lp or *.dat, or give --format."
        there = f"{', '.join(FORMATS[:-1])} and {FORMATS[-1]}"
        problem = f"Unknown format '{format_}'" if format_ else "Say which format to write"
        raise click.UsageError(f"{problem}: there are {there}. {advice}")
    if out is None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"model.{format_}"
            _write(path, file, format_)
            emit(file.read_text(encoding="utf-8").rstrip("\n"))
        return
    _write(path, out, format_)
    if format_ == "gmpl":
        emit(f"{out}: the data; next: glpsol --model models/production_mode.mod --data {out}")
    else:
        emit(f"{out}: the model\n{out}.names.json: the family and key of every row and column")


def _write(path: Path, out: Path, format_: str) -> None:
    instance = load(path)
    if format_ == "gmpl":
        write_gmpl_data(instance, out)
    else:
        write(formulate(instance), out, format=format_)
