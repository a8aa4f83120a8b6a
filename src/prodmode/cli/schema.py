"""``prodmode schema``."""

from __future__ import annotations

from pathlib import Path

import click

from prodmode.cli.output import emit, emit_json, to_json
from prodmode.io.atomic import atomic_file
from prodmode.io.schema import json_schema


@click.command(name="schema")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False), required=False)
def command(out: Path | None) -> None:
    r"""Write the JSON schema of a YAML or JSON instance, for editors.

    Writes to OUT, or to the terminal where OUT is left out. With it, editors complete names, show meanings
    and units, and mark what is wrong while one types; it works offline.

    \b
    In a YAML file, the first line names it:   # yaml-language-server: $schema=OUT
    In a JSON file, the first key names it:    "$schema": "OUT"

    'prodmode new my-portfolio.yaml --schema' does both at once.
    """
    if out is None:
        emit_json(json_schema())
        return
    with atomic_file(out) as staged:
        staged.write_text(f"{to_json(json_schema())}\n", encoding="utf-8", newline="\n")
    emit(
        f"{out}: the schema; name it in the first line of a YAML file beside it:"
        f" # yaml-language-server: $schema={out.name}"
    )
