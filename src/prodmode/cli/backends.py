"""``prodmode backends``."""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import click

from prodmode.backends.registry import available
from prodmode.cli.output import emit, emit_json, json_option, page

if TYPE_CHECKING:
    from prodmode.backends.contract import Capabilities
    from prodmode.backends.registry import BackendInfo

UNCUT = 1000
"""Columns of a table that a program reads: a backend a line, whole."""


@click.command(name="backends")
@json_option
def command(*, as_json: bool) -> None:
    """List the solver backends and what they can do."""
    backends = available()
    if as_json:
        emit_json([_data(info) for info in backends])
        return
    rows = [
        [info.name, "yes" if info.available else "no", info.version or "", info.reason or _abilities(info)]
        for info in backends
    ]
    out, header = page(sys.stdout), ["backend", "available", "version", "what it can do, or why it cannot"]
    if not out.terminal:
        out = replace(out, width=UNCUT)
    if out.fits(header, rows):
        emit(out.table(header, rows))
        return
    # What a backend cannot do is in the words that a table would cut.
    told = [
        (name, f"{version or 'no version'}: {words}" if able == "yes" else f"not available: {words}")
        for name, able, version, words in rows
    ]
    emit(out.glossary((header[0], header[-1]), told))


def _data(info: BackendInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "available": info.available,
        "version": info.version,
        "reason": info.reason,
        "capabilities": _flags(info.capabilities),
        "options": dict(info.capabilities.specifics) if info.capabilities else {},
    }


def _flags(capabilities: Capabilities | None) -> dict[str, bool]:
    if capabilities is None:
        return {}
    values = {part.name: getattr(capabilities, part.name) for part in fields(capabilities)}
    return {name: value for name, value in values.items() if isinstance(value, bool)}


def _abilities(info: BackendInfo) -> str:
    return ", ".join(name.replace("_", " ") for name, able in _flags(info.capabilities).items() if able)
