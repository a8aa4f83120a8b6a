"""``prodmode generate``."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from prodmode.cli.finite import Whole
from prodmode.cli.output import emit
from prodmode.cli.target import claim, target_options
from prodmode.instance.generator import PROFILES, generate_to
from prodmode.io import save

MOST_LINES_AS_CSV = 10_000
"""Lines above which a folder is written as Parquet unless CSV is asked for."""


@click.command(name="generate")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--lines", type=Whole(min=1), required=True, metavar="N", help="Product lines.")
@click.option("--periods", type=Whole(min=1), required=True, metavar="T", help="Periods, of a quarter.")
@click.option("--seed", type=Whole(min=0), default=0, show_default=True, help="Seed of all that is random.")
@click.option("--profile", type=click.Choice(list(PROFILES)), default="mid-size", show_default=True)
@click.option("--scenarios", type=Whole(min=0), default=0, show_default=True, metavar="W", help="Scenarios.")
@target_options
def command(
    path: Path,
    *,
    lines: int,
    periods: int,
    seed: int,
    profile: str,
    scenarios: int,
    container: str | None,
    force: bool,
) -> None:
    """Generate a credible portfolio of any size.

    Feasible by construction, and the same for the same arguments. PATH is a folder, or a file ending in
    .xlsx, .yaml or .json. Above 10,000 lines a folder holds Parquet files unless --container csv is given.
    """
    chosen = claim(path, container, force=force)
    if container is None and chosen == "csv" and lines > MOST_LINES_AS_CSV:
        chosen = claim(path, "parquet", force=force)
    writer = None if chosen == "parquet" else partial(save, container=chosen)
    generate_to(
        path, lines=lines, periods=periods, seed=seed, profile=profile, scenarios=scenarios, save=writer
    )
    emit(f"{path}: {lines:,} lines over {periods:,} periods, profile {profile}, seed {seed}, as {chosen}")
