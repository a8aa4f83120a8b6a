"""``prodmode check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from prodmode.cli.output import emit, emit_json, issue_dicts, json_option, note, page
from prodmode.document.page import count
from prodmode.errors import InputError
from prodmode.io import load
from prodmode.report.contents import features, instance_text, model_size
from prodmode.report.terminal import issues_text, other_warnings


@click.command(name="check")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
def command(path: Path, *, as_json: bool) -> None:
    r"""Check an instance and list every fault.

    PATH is a folder of CSV or Parquet files, an Excel workbook, or a YAML or JSON file. Tells what is in it,
    and what is odd in it though it is no fault: prices below every cost, slips of the unit, demand far off
    that of other periods, options that can never pay, limits that cannot bind or be met.

    \b
    Exit codes: 0 no fault; 2 usage; 3 the input was rejected.
    """
    try:
        instance = load(path, thorough=True)
    except InputError as error:
        if as_json:
            emit_json({"valid": False, "errors": issue_dicts(error.issues), "warnings": [], "summary": None})
        raise
    if as_json:
        emit_json(
            {
                "valid": True,
                "errors": [],
                "warnings": issue_dicts(instance.warnings),
                "summary": instance.summary(),
                "features": features(instance),
                "model": {name: value for name, value in model_size(instance).items() if name != "words"},
                "ineligible": instance.ineligible.to_dict("records"),
            }
        )
        return
    emit(instance_text(instance, page(sys.stdout)))
    warnings = other_warnings(instance)
    if warnings:
        note(f"\n{count(len(warnings), 'thing')} to look at, though no fault:")
        note(issues_text(warnings, page(sys.stderr)))
