"""``prodmode new``."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import click

from prodmode.cli.output import emit, page, to_json
from prodmode.cli.target import claim, target_options
from prodmode.errors import maybe
from prodmode.instance.examples import examples
from prodmode.io import load, read, save, write_template
from prodmode.io.atomic import atomic_file
from prodmode.io.schema import SCHEMA_KEY, json_schema

_DOCUMENTS = ("yaml", "json")
_SUFFIXES = (".yaml", ".yml", ".json")


@click.command(name="new")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--example", metavar="NAME", help="Write this example; --list tells which there are.")
@click.option("--blank", is_flag=True, help="Write a template (the default).")
@click.option("--list", "listing", is_flag=True, help="List the examples and leave.")
@click.option(
    "--schema",
    is_flag=True,
    help="Write a JSON schema beside a YAML or JSON file and name it there, for editors to complete.",
)
@target_options
def command(
    path: Path | None,
    *,
    example: str | None,
    blank: bool,
    listing: bool,
    schema: bool,
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
    if schema and not (container in _DOCUMENTS or (container is None and path.suffix in _SUFFIXES)):
        raise click.UsageError("--schema goes with a YAML or JSON file: PATH should end in .yaml or .json.")
    if example:
        source = _source(example)
        chosen = claim(path, container, force=force)
        if source.is_file() and source.suffix == path.suffix:
            _copy(source, path)
        else:
            save(load(source), path, container=chosen)
        also = _name_schema(path) if schema else ""
        emit(f"{path}: the example '{example}'; next: prodmode solve {path}{also}")
        return
    chosen = claim(path, container, force=force)
    write_template(path, container=chosen, replace=force)
    also = _name_schema(path) if schema else ""
    if chosen in {"yaml", "json", "xlsx"}:
        emit(f"{path}: a small example to overwrite; then: prodmode check {path}{also}")
    else:
        emit(f"{path}: a blank template; fill it in, then: prodmode check {path}{also}")


def _name_schema(path: Path) -> str:
    """Write the schema beside a file, and name it in the first line of the file."""
    schema = path.with_suffix(".schema.json")
    with atomic_file(schema) as staged:
        staged.write_text(f"{to_json(json_schema())}\n", encoding="utf-8", newline="\n")
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        text = text.replace("{", f'{{\n  "{SCHEMA_KEY}": {json.dumps(schema.name)},', 1)
    else:
        text = f"# yaml-language-server: $schema={schema.name}\n{text}"
    with atomic_file(path) as staged:
        staged.write_text(text, encoding="utf-8", newline="\n")
    return f"\n{schema}: the schema by which editors complete it"


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
