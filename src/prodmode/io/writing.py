"""Save an instance to any container."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from prodmode.errors import ProdmodeError
from prodmode.io.atomic import atomic_file
from prodmode.io.write_document import write_json, write_yaml
from prodmode.io.write_folder import write_folder
from prodmode.io.write_workbook import write_workbook

if TYPE_CHECKING:
    from prodmode.instance.instance import Instance

Container = Literal["csv", "parquet", "xlsx", "yaml", "json"]

_SUFFIXES: dict[str, Container] = {".xlsx": "xlsx", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
_FOREIGN = (
    ".csv", ".tsv", ".parquet", ".xls", ".xlsm", ".xlsb", ".ods", ".txt", ".gz", ".zst", ".zip",
    ".pdf", ".doc", ".docx", ".odt", ".md", ".html", ".htm", ".mps", ".lp", ".dat", ".toml", ".xml",
)  # fmt: skip


def save(instance: Instance, path: str | Path, *, container: Container | None = None) -> None:
    """Write an instance so that `load` gives an equal one.

    Files appear whole or not at all. Empty tables, and columns in which every value is the default, are
    left out.

    Parameters
    ----------
    instance : Instance
        What to write.
    path : str or Path
        A folder, or a file ending in ``.xlsx``, ``.yaml``, ``.yml`` or ``.json``. In a folder that exists,
        the files of an earlier instance are replaced.
    container : {"csv", "parquet", "xlsx", "yaml", "json"}, optional
        By default what the suffix of `path` says: without one a folder of CSV files.

    Raises
    ------
    ProdmodeError
        If the path cannot hold the container, or a workbook cannot hold the instance.
    OSError
        If the path may not be written.
    """
    path = Path(path)
    chosen = container_for(path, container)
    if chosen in ("csv", "parquet"):
        write_folder(instance, path, chosen)
        return
    write = {"xlsx": write_workbook, "yaml": write_yaml, "json": write_json}[chosen]
    with atomic_file(path) as staged:
        write(instance, staged)


def container_for(path: Path, container: Container | None = None) -> Container:
    """Return the container to write at a path: the one asked for, or what its suffix says.

    Raises
    ------
    ProdmodeError
        If the path cannot hold it.
    """
    suffix = path.suffix.casefold()
    if container is None:
        if path.is_dir():
            return "csv"
        if suffix in _FOREIGN:
            raise ProdmodeError(
                f"an instance cannot be written to '{path.name}': "
                "give a folder, or a file ending in .xlsx, .yaml or .json"
            )
        container = _SUFFIXES.get(suffix, "csv")
    if container not in ("csv", "parquet", *_SUFFIXES.values()):
        raise ProdmodeError(f"there is no container '{container}': choose csv, parquet, xlsx, yaml or json")
    if container in ("csv", "parquet"):
        if path.is_file():
            raise ProdmodeError(f"'{path}' is a file; {container} needs a folder")
    elif path.is_dir():
        raise ProdmodeError(f"'{path}' is a folder; {container} needs a file")
    elif suffix in _SUFFIXES and _SUFFIXES[suffix] != container:
        raise ProdmodeError(f"'{path.name}' has the suffix of another container than {container}")
    return container
