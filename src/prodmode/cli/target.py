"""Where an instance is written: the container, and what stands there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from prodmode.errors import ProdmodeError
from prodmode.io.writing import Container, container_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Command = TypeVar("Command", bound="Callable[..., Any]")

CONTAINERS = ("csv", "parquet", "xlsx", "yaml", "json")


def target_options(command: Command) -> Command:
    """Add ``--container`` and ``--force`` to a command."""
    container = click.option(
        "--container",
        type=click.Choice(CONTAINERS),
        help="csv and parquet are folders. By default what the suffix of PATH says, csv without one.",
    )
    force = click.option("--force", is_flag=True, help="Replace an instance that stands at PATH.")
    return container(force(command))


def claim(path: Path, container: str | None, *, force: bool) -> Container:
    """Return the container to write at a path.

    Parameters
    ----------
    path : Path
        Where the instance goes.
    container : str or None
        What was asked for.
    force : bool
        Whether what stands there may be replaced.

    Raises
    ------
    click.UsageError
        If the path cannot hold it, or is taken.
    """
    try:
        chosen = container_for(path, cast("Container | None", container))
    except ProdmodeError as error:
        raise click.UsageError(f"{error}.") from error
    taken = path.is_file() or (path.is_dir() and any(path.iterdir()))
    if taken and not force:
        raise click.UsageError(f"'{path}' exists already; --force replaces it.")
    return chosen
