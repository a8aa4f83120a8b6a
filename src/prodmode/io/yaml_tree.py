"""Read YAML as plain mappings, lists and text, without constructing anything else.

A plain scalar stays the text it is (``NO`` is a label, not false), unless it is null; the field table
decides later what a text means. Events are read one by one, so depth, size and aliases are bounded before
anything is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from prodmode.errors import InputError, Issue, Place
from prodmode.io.origins import join_key
from prodmode.io.text import fault

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 32
"""Deepest nesting of mappings and lists."""

MAX_NODES = 50_000_000
"""Most nodes of a document."""

MAX_ALIASED = 1_000_000
"""Most nodes that aliases may stand for."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_PREFIX = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset(_PREFIX + name for name in ("str", "int", "float", "bool", "null", "timestamp"))
_NODE_TAGS = frozenset(_PREFIX + name for name in ("map", "seq", "omap"))
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlMapping(dict[str, Any]):
    """A mapping that knows the line of each key."""

    __slots__ = ("lines", "size")

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}
        self.size = 1


class YamlList(list[Any]):
    """A list that knows the line of each item."""

    __slots__ = ("lines", "size")

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []
        self.size = 1


_Node = YamlMapping | YamlList | str | None


def parse_yaml(text: str, file: str, issues: list[Issue]) -> Any:
    """Return the tree of a YAML document; repeated keys and foreign tags are added to `issues`.

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
        If it is no YAML, too deep, too large, or more than one document.
    """
    builder = _Builder(file, issues)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(
            file,
            row=mark.line + 1 if mark else None,
            column=str(mark.column + 1) if mark else None,
        )
        problem = error.problem or error.context or "malformed"
        if "nesting depth" in problem:  # libyaml has a limit of its own from PyYAML 6.0.4
            raise fault("too-deep", "the YAML is nested too deeply.", place) from None
        tabs = "\\t" in problem
        look = "Look for a bracket, quote or colon before that place."
        hint = "Indent with spaces, not tabs." if tabs else look
        raise fault("malformed-yaml", f"the YAML is malformed: {problem}.", place, hint=hint) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise fault(
            "malformed-yaml", f"the YAML holds a special character: {error.reason}.", Place(file, row=line)
        ) from None
    except yaml.YAMLError as error:
        raise fault("malformed-yaml", f"the YAML is malformed: {error}.", Place(file)) from None
    return builder.root


def _events(text: str) -> Iterator[yaml.Event]:
    loader = _LOADER(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


class _Builder:
    """Builds the tree from events, on a stack of its own."""

    def __init__(self, file: str, issues: list[Issue]) -> None:
        self.root: _Node = None
        self._file = file
        self._issues = issues
        self._stack: list[YamlMapping | YamlList] = []
        self._keys: list[str | None] = []
        self._key_lines: list[int] = []
        self._anchors: dict[str, _Node] = {}
        self._open_anchors: list[str | None] = []
        self._documents = 0
        self._nodes = 0
        self._aliased = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._open(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._fault("several-documents", "the file holds more than one YAML document.", line)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if event.tag not in (None, "!") and event.tag not in _SCALAR_TAGS:
            self._tag(event.tag, line)
        plain = not event.style and event.tag in (None, _PREFIX + "null")
        top = self._stack[-1] if self._stack else None
        if isinstance(top, YamlMapping) and self._keys[-1] is None:
            if event.anchor:
                self._anchors[event.anchor] = event.value
            self._keys[-1] = event.value
            self._key_lines[-1] = line
            return
        value = None if plain and event.value in _NULLS else event.value
        if event.anchor:
            self._anchors[event.anchor] = value
        self._add(value, line)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent, line: int) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise self._fault("too-deep", f"the YAML is nested more than {MAX_DEPTH} levels deep.", line)
        self._no_key(line)
        if event.tag not in (None, "!") and event.tag not in _NODE_TAGS:
            self._tag(event.tag, line)
        self._stack.append(YamlMapping() if isinstance(event, yaml.MappingStartEvent) else YamlList())
        self._keys.append(None)
        self._key_lines.append(line)
        self._open_anchors.append(event.anchor)

    def _close(self) -> None:
        node = self._stack.pop()
        self._keys.pop()
        line = self._key_lines.pop()
        anchor = self._open_anchors.pop()
        if anchor:
            self._anchors[anchor] = node
        self._add(node, line)

    def _alias(self, event: yaml.AliasEvent, line: int) -> None:
        self._no_key(line)
        if event.anchor not in self._anchors:
            raise self._fault("malformed-yaml", f"the alias '*{event.anchor}' has no anchor before it.", line)
        node = self._anchors[event.anchor]
        self._aliased += _size(node)
        if self._aliased > MAX_ALIASED:
            raise self._fault(
                "yaml-bomb", f"the aliases of the YAML stand for more than {MAX_ALIASED:,} values.", line
            )
        self._add(node, line)

    def _add(self, node: _Node, line: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise self._fault("too-large", f"the YAML holds more than {MAX_NODES:,} values.", line)
        if not self._stack:
            self.root = node
            return
        top = self._stack[-1]
        top.size += _size(node)
        if isinstance(top, YamlList):
            top.append(node)
            top.lines.append(line)
            return
        key = self._keys[-1] or ""
        self._keys[-1] = None
        if key == "<<" and isinstance(node, YamlMapping | YamlList):
            _merge(top, node)
        elif key in top and top.lines.get(key):
            first = top.lines[key]
            place = Place(self._file, row=self._key_lines[-1], key=join_key(self._path(), key))
            message = f"the key '{key}' is given twice, first in line {first}."
            self._issues.append(Issue(message, None, place, "Remove one of them.", code="duplicate-key"))
        else:
            top[key] = node
            top.lines[key] = self._key_lines[-1]

    def _no_key(self, line: int) -> None:
        if self._stack and isinstance(self._stack[-1], YamlMapping) and self._keys[-1] is None:
            raise self._fault("malformed-yaml", "a key must be text.", line)

    def _path(self) -> str:
        """Return the key path of the value that comes next."""
        path = ""
        for node, key in zip(self._stack, self._keys, strict=True):
            if isinstance(node, YamlList):
                path = f"{path}[{len(node)}]"
            elif key is not None:
                path = join_key(path, key)
        return path

    def _tag(self, tag: str, line: int) -> None:
        shown = tag.replace(_PREFIX, "!!")
        place = Place(self._file, row=line, key=self._path() or None)
        message = f"the tag '{shown}' is not allowed."
        self._issues.append(Issue(message, None, place, "Write the plain value.", code="yaml-tag"))

    def _fault(self, code: str, message: str, line: int) -> InputError:
        return fault(code, message, Place(self._file, row=line, key=self._path() or None))


def _size(node: _Node) -> int:
    return node.size if isinstance(node, YamlMapping | YamlList) else 1


def _merge(target: YamlMapping, source: YamlMapping | YamlList) -> None:
    """Fill `target` with the keys of a merged mapping that it lacks; they are free to be given again."""
    for mapping in [source] if isinstance(source, YamlMapping) else source:
        if isinstance(mapping, YamlMapping):
            for key, value in mapping.items():
                target.setdefault(key, value)
