"""The example instances that come with prodmode."""

from __future__ import annotations

from pathlib import Path

_SUFFIXES = (".yaml", ".yml", ".json", ".xlsx")
_PACKAGE = Path(__file__).resolve().parents[1]


def examples() -> dict[str, Path]:
    """Return the example instances by name, in alphabetical order.

    Where an example comes in several containers, the folder is the one returned.

    Examples
    --------
    >>> from prodmode.instance.examples import examples
    >>> "pasta" in examples()
    True
    """
    folder = _folder()
    if folder is None:
        return {}
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if (path / "instance.yaml").is_file():
            found[path.name] = path
        elif path.is_file() and path.suffix in _SUFFIXES:
            found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def _folder() -> Path | None:
    # The wheel carries the examples inside the package; in a source tree they stand beside src.
    for folder in (_PACKAGE / "_instances", _PACKAGE.parents[1] / "instances"):
        if folder.is_dir():
            return folder
    return None
