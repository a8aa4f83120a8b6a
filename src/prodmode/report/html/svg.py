"""SVG files made fit to stand inside a page: no styles of their own, no addresses, no shared ids."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from xml.etree.ElementTree import Element

INK, QUIET, GRID, PAPER = "#111111", "#666666", "#dddddd", "#fefefe"
"""Colours of text and lines, of what matters less, of grids, and of the page itself."""

SERIES = ("#1f5f99", "#b87a00", "#007a5a", "#b5527f", "#2f8fc4", "#c04f00", "#7a7a7a")
"""Colours of series after Okabe and Ito, dark enough to stand out from the page."""

_CLASSES = {INK: "ink", QUIET: "quiet", GRID: "grid", PAPER: "paper"} | {
    colour: f"c{number}" for number, colour in enumerate(SERIES)
}
_DROPPED = {"metadata", "style", "title"}
_UNSET = {"style", "id", "version", "type"}
_FONT = {"font-family", "font", "font-stretch"}
_SPACES = re.compile(r"\s+")


def inline(text: str, prefix: str, tips: Mapping[str, str] | None = None) -> str:
    """Return an SVG file as an element for a page.

    Styles become attributes, which a page without leave for inline styles still shows, and colours become
    classes too, so that the page can change them in the dark.

    Parameters
    ----------
    text : str
        An SVG file of our own making.
    prefix : str
        Begins every id; no two drawings on a page may share it.
    tips : mapping of str to str, optional
        What is told of the element with an id while a pointer is on it.
    """
    root = ET.fromstring(text)  # noqa: S314 (matplotlib wrote it a moment ago)
    referred = set(re.findall(r'(?:url\(|href=")#([^)"]+)', text))
    width, height = root.get("viewBox", "0 0 0 0").split()[2:]
    inside = "".join(_element(child, prefix, referred, tips or {}) for child in root)
    size = f'width="{float(width) * 4 / 3:.0f}" height="{float(height) * 4 / 3:.0f}"'
    view = f'viewBox="{escape(root.get("viewBox", ""))}"'
    return f'<svg {view} {size} stroke-linejoin="round" aria-hidden="true" focusable="false">{inside}</svg>'


def _element(element: Element, prefix: str, referred: set[str], tips: Mapping[str, str]) -> str:
    tag = _local(element.tag)
    if tag in _DROPPED:
        return ""
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in _attributes(element, prefix, referred))
    text = escape(_SPACES.sub(" ", element.text or "").strip())
    inside = text + "".join(_element(child, prefix, referred, tips) for child in element)
    if tag in {"g", "defs"} and not inside:
        return ""
    tip = tips.get(element.get("id", ""))
    told = f"<title>{escape(tip)}</title>" if tip else ""
    return f"<{tag}{attributes}>{told}{inside}</{tag}>"


def _attributes(element: Element, prefix: str, referred: set[str]) -> Iterator[tuple[str, str]]:
    said = {_local(key): value for key, value in element.attrib.items()}
    for declaration in said.get("style", "").split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key and key not in _FONT:
            said[key] = value
    classes = []
    for key, raw in said.items():
        value = _SPACES.sub(" ", raw).strip()
        if key == "id" and value in referred:
            yield "id", prefix + value
        if key in _UNSET:
            continue
        if key in {"fill", "stroke"} and value in _CLASSES:
            classes.append(f"{key[0]}-{_CLASSES[value]}")
        value = value.replace("url(#", f"url(#{prefix}")
        yield key, f"#{prefix}{value[1:]}" if key == "href" else value
    if classes:
        yield "class", " ".join(classes)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
