"""``prodmode check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from prodmode.cli.output import emit, emit_json, issue_dicts, json_option, note, page
from prodmode.document.page import count
from prodmode.errors import InputError
from prodmode.io import load
from prodmode.report.terminal import instance_text, issues_text, other_warnings


@click.command(name="check")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
def command(path: Path, *, as_json: bool) -> None:
    """Check an instance and list every fault.

    PATH is a folder of CSV or Parquet files, an Excel workbook, or a YAML or JSON file.
    """
    try:
        instance = load(path)
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
                "ineligible": instance.ineligible.to_dict("records"),
            }
        )
        return
    emit(instance_text(instance, page(sys.stdout)))
    warnings = other_warnings(instance)
    if warnings:
        note(f"\n{count(len(warnings), 'warning')}")
        note(issues_text(warnings, page(sys.stderr)))
