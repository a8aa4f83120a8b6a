"""Read JSON as plain mappings, lists and scalars; repeated keys and numbers that are none are reported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from prodmode.errors import Issue, Place
from prodmode.io.origins import join_key
from prodmode.io.text import fault

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_DEPTH = 32


class _Repeating(dict[str, Any]):
    """A mapping of which some keys were given more than once; the first value counts."""

    __slots__ = ("repeated",)

    repeated: list[str]


class _NotFinite:
    """Stands for NaN, Infinity or -Infinity until the place of it is known."""

    def __init__(self, name: str) -> None:
        self.name = name


def parse_json(text: str, file: str, issues: list[Issue]) -> Any:
    """Return the tree of a JSON document; repeated keys and NaN or Infinity are added to `issues`.

    Parameters
    ----------
    text : str
        The document.
    file : str
        Its path, for messages.
    issues : list of Issue
        Collects what is wrong.

    Raises
    ------
    InputError
        If it is no JSON or too deep.
    """
    odd = False

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal odd
        plain = dict(pairs)
        if len(plain) == len(pairs):
            return plain
        odd = True
        result = _Repeating()
        result.repeated = []
        for key, value in pairs:
            if key in result:
                result.repeated.append(key)
            else:
                result[key] = value
        return result

    def constant(name: str) -> _NotFinite:
        nonlocal odd
        odd = True
        return _NotFinite(name)

    try:
        tree = json.loads(text, object_pairs_hook=mapping, parse_constant=constant)
    except json.JSONDecodeError as error:
        place = Place(file, row=error.lineno, column=str(error.colno))
        hint = "Look for a comma, bracket or quote before that place."
        raise fault("malformed-json", f"the JSON is malformed: {error.msg}.", place, hint=hint) from None
    except RecursionError:
        message = f"the JSON is nested more than {_MAX_DEPTH} levels deep."
        raise fault("too-deep", message, Place(file)) from None
    except ValueError as error:
        raise fault("malformed-json", f"the JSON is malformed: {error}.", Place(file)) from None
    if odd:
        _report(tree, file, issues)
    return tree


def _report(tree: Any, file: str, issues: list[Issue]) -> None:
    """Add an issue for each oddity of the tree, and put None in the place of what is no number."""
    stack: list[tuple[Any, str, int]] = [(tree, "", 0)]
    while stack:
        node, path, depth = stack.pop()
        if depth > _MAX_DEPTH:
            raise fault(
                "too-deep", f"the JSON is nested more than {_MAX_DEPTH} levels deep.", Place(file, key=path)
            )
        if isinstance(node, _Repeating):
            for key in node.repeated:
                place = Place(file, key=join_key(path, key))
                message = f"the key '{key}' is given twice."
                issues.append(Issue(message, None, place, "Remove one of them.", code="duplicate-key"))
        below = []
        for key, value in _items(node):
            where = f"{path}[{key}]" if isinstance(node, list) else join_key(path, key)
            if isinstance(value, _NotFinite):
                node[key] = None
                hint = "Leave the value out, or give a number."
                message = f"{value.name} is no finite number."
                issues.append(Issue(message, None, Place(file, key=where), hint, code="not-finite"))
            elif isinstance(value, dict | list):
                below.append((value, where, depth + 1))
        stack.extend(reversed(below))


def _items(node: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(node, dict):
        yield from list(node.items())
    elif isinstance(node, list):
        yield from enumerate(node)
