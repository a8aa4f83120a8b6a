"""``prodmode new``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from prodmode.cli.output import emit, page
from prodmode.cli.target import claim, target_options
from prodmode.errors import maybe
from prodmode.instance.examples import examples
from prodmode.io import load, read, save, write_template
from prodmode.io.atomic import atomic_file


@click.command(name="new")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--example", metavar="NAME", help="Write this example; --list tells which there are.")
@click.option("--blank", is_flag=True, help="Write a blank template (the default).")
@click.option("--list", "listing", is_flag=True, help="List the examples and leave.")
@target_options
def command(
    path: Path | None,
    *,
    example: str | None,
    blank: bool,
    listing: bool,
    container: str | None,
    force: bool,
) -> None:
    """Write a blank template or a shipped example.

    PATH is a folder, or a file ending in .xlsx, .yaml or .json.
    """
    if listing:
        emit(_list())
        return
    if path is None:
        raise click.UsageError("Missing argument 'PATH'.")
    if blank and example:
        raise click.UsageError("--blank and --example exclude each other.")
    if example:
        source = _source(example)
        chosen = claim(path, container, force=force)
        if source.is_file() and source.suffix == path.suffix:
            _copy(source, path)
        else:
            save(load(source), path, container=chosen)
        emit(f"{path}: the example '{example}'; next: prodmode solve {path}")
        return
    write_template(path, container=claim(path, container, force=force))
    emit(f"{path}: a blank template; fill it in, then: prodmode check {path}")


def _source(name: str) -> Path:
    known = examples()
    if name not in known:
        advice = maybe(name, list(known)) or "'prodmode new --list' lists them."
        raise click.UsageError(f"No such example '{name}'. {advice}")
    return known[name]


def _copy(source: Path, path: Path) -> None:
    # A copy keeps the comments of the example.
    with atomic_file(path) as staged:
        shutil.copyfile(source, staged)


def _list() -> str:
    entries = [(name, str(read(path).settings.get("description") or "")) for name, path in examples().items()]
    return page(sys.stdout).glossary(("example", "what it shows"), entries)
