"""Generate a portfolio into a container, however large it is."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import yaml
from pyarrow import parquet

from prodmode.errors import ProdmodeError
from prodmode.instance.fields import TABLES
from prodmode.instance.generator.block import BLOCK, LINE_TABLES
from prodmode.instance.generator.build import draw_blocks, generate, make_layout, settings
from prodmode.instance.generator.reference import Totals
from prodmode.instance.generator.shared import shared_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prodmode.instance.generator.layout import Layout
    from prodmode.instance.instance import Instance


def generate_to(
    path: str | Path,
    *,
    lines: int,
    periods: int,
    seed: int,
    profile: str,
    scenarios: int = 0,
    chunk: int = 8 * BLOCK,
    save: Callable[[Instance, Path], object] | None = None,
) -> None:
    """Generate a portfolio as `generate` does and write it.

    By default `path` becomes a folder of Parquet tables, written chunk by chunk, so that memory doesn't grow
    with the number of lines; it appears when it is complete.

    Parameters
    ----------
    path : str or Path
        The folder or file to write.
    lines, periods, seed, profile, scenarios
        As for `generate`.
    chunk : int, default 32768
        Lines written at once; it has no influence on what is written.
    save : callable, optional
        Writes an instance to a path, such as `prodmode.save`; for other containers.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    ProdmodeError
        If the folder exists and holds something else than an instance.
    """
    path = Path(path)
    if save is not None:
        save(generate(lines=lines, periods=periods, seed=seed, profile=profile, scenarios=scenarios), path)
        return
    layout = make_layout(lines=lines, periods=periods, seed=seed, profile=profile, scenarios=scenarios)
    _refuse_foreign(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as temporary:
        staged = Path(temporary) / path.name
        staged.mkdir()
        _write(staged, layout, chunk)
        if path.exists():
            shutil.rmtree(path)
        staged.rename(path)


def _write(folder: Path, layout: Layout, chunk: int) -> None:
    totals = Totals.empty(layout)
    with ExitStack() as stack:
        writers: dict[str, parquet.ParquetWriter] = {}
        for tables in _chunks(layout, totals, max(1, chunk // BLOCK)):
            for name, table in tables.items():
                if name not in writers:
                    writer = parquet.ParquetWriter(
                        folder / f"{name}.parquet", table.schema, compression="zstd"
                    )
                    writers[name] = stack.enter_context(writer)
                writers[name].write_table(table)
    for name, table in shared_tables(layout, totals).items():
        parquet.write_table(table, folder / f"{name}.parquet", compression="zstd")
    text = yaml.safe_dump(settings(layout), sort_keys=False, allow_unicode=True, width=100)
    (folder / "instance.yaml").write_text(text, encoding="utf-8")


def _chunks(layout: Layout, totals: Totals, blocks: int) -> Iterator[dict[str, pa.Table]]:
    held: list[dict[str, pa.Table]] = []
    for block in draw_blocks(layout, totals):
        held.append(block)
        if len(held) == blocks:
            yield _together(held)
            held = []
    if held:
        yield _together(held)


def _together(blocks: list[dict[str, pa.Table]]) -> dict[str, pa.Table]:
    return {name: pa.concat_tables([block[name] for block in blocks]) for name in LINE_TABLES}


def _refuse_foreign(path: Path) -> None:
    """Raise unless the path is free, or a folder of nothing but an instance, which may be replaced."""
    if path.is_dir():
        known = {*TABLES, "instance"}
        foreign = sorted(entry.name for entry in path.iterdir() if entry.name.partition(".")[0] not in known)
        if foreign:
            raise ProdmodeError(f"{path} holds more than an instance ({foreign[0]}); nothing was written")
    elif path.exists():
        raise ProdmodeError(f"{path} is a file, not a folder; nothing was written")
