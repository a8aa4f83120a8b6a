"""``prodmode backends``."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from prodmode.backends.registry import available
from prodmode.cli.output import emit, emit_json, json_option, page


@click.command(name="backends")
@json_option
def command(*, as_json: bool) -> None:
    """List the solver backends and what they can do."""
    backends = available()
    if as_json:
        emit_json(
            [
                {
                    "name": info.name,
                    "available": info.available,
                    "version": info.version,
                    "reason": info.reason,
                    "capabilities": asdict(info.capabilities),
                }
                for info in backends
            ]
        )
        return
    rows = [
        [
            info.name,
            "yes" if info.available else "no",
            info.version or "",
            info.reason or ", ".join(_words(asdict(info.capabilities))),
        ]
        for info in backends
    ]
    emit(page(sys.stdout).table(["backend", "available", "version", "what it can do, or why it cannot"], rows))


def _words(capabilities: dict[str, bool]) -> list[str]:
    return [name.replace("_", " ") for name, able in capabilities.items() if able]
