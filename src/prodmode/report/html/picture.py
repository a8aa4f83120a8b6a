"""The plan as one picture: lines down, periods across, a colour, a pattern and a letter for each mode."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from prodmode.document.html import escaped
from prodmode.document.page import count, plain
from prodmode.instance.fields import MODES
from prodmode.report.views import LETTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodmode.report.html.grid import Cell, Row

MOST_NAMED = 60
"""Lines above which those that do the same are drawn as one band."""

_LEFT, _TOP, _WIDTH = 210.0, 22.0, 900.0
_ROW = 20.0
_BANDS_HEIGHT = 560.0
_LETTER_ROOM = 11.0
_LABEL, _CHARACTER = 12, 7
"""Most characters of the label of a period, and the room that each takes."""

_PATTERNS = (
    '<pattern id="pt-custom" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="7" height="7" class="m-custom"/>'
    '<path d="M0 0V7" class="hatch"/></pattern>'
    '<pattern id="pt-outsourced" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<rect width="7" height="7" class="m-outsourced"/><circle cx="2" cy="2" r="1.1" class="dot"/></pattern>'
)
_FILL = {
    "mass": 'class="m-mass"',
    "custom": 'fill="url(#pt-custom)" class="edge"',
    "outsourced": 'fill="url(#pt-outsourced)"',
}


def picture(rows: Sequence[Row], periods: Sequence[str]) -> str:
    """Return the picture as HTML; lines that do the same are put together where there are many.

    Each band names the places of its lines in `rows`, for the script that fades those that do not fit.

    Parameters
    ----------
    rows : sequence of Row
        The lines.
    periods : sequence of str
        Labels of the periods.
    """
    named = len(rows) <= MOST_NAMED
    bands = [([at], _ROW) for at in range(len(rows))] if named else _bands(rows)
    width = _WIDTH / len(periods)
    drawn, top = [_header(periods, width)], _TOP
    for members, height in bands:
        first = rows[members[0]]
        label = first.title if len(members) == 1 else count(len(members), "line")
        band = _band(label, first.cells, top, height, width)
        drawn.append(f'<g class="band" data-l="{" ".join(map(str, members))}">{band}</g>')
        top += height
    right, bottom = f"{_LEFT + _WIDTH:.0f}", f"{top + 4:.0f}"
    size = f'viewBox="0 0 {right} {bottom}" width="{right}" height="{bottom}"'
    told = _told(rows, periods)
    together = "" if named else " Lines that do the same in every period are drawn as one band."
    caption = f"Mode of {count(len(rows), 'line')} by period.{together}"
    return (
        f'<figure class="plan"><figcaption>{caption}</figcaption>'
        f"{legend()}"
        f'<div class="chart" role="img" aria-label="{escaped(told)}"><svg {size} aria-hidden="true" '
        f'focusable="false"><defs>{_PATTERNS}</defs>{"".join(drawn)}</svg></div></figure>'
    )


def legend() -> str:
    """Return what colours, patterns and letters mean."""
    chips = "".join(f"<li>{chip(mode)} {escaped(mode)}</li>" for mode in MODES)
    return f'<ul class="legend">{chips}<li><b class="none">-</b> not offered</li></ul>'


def chip(mode: str) -> str:
    """Return the letter of a mode on its colour."""
    return f'<b class="{mode}">{LETTERS[mode]}</b>'


def _bands(rows: Sequence[Row]) -> list[tuple[list[int], float]]:
    """Return the lines on each course and the height of its band, alike courses side by side."""
    order = {mode: at for at, mode in enumerate(MODES)}

    def key(at: int) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(order[mode] for mode in cell) or (len(MODES),) for cell in rows[at].cells)

    each = max(_BANDS_HEIGHT / len(rows), 2.0 if len(rows) <= 500 else 0.0)
    courses = (list(members) for _, members in groupby(sorted(range(len(rows)), key=key), key=key))
    return [(members, each * len(members)) for members in courses]


def _header(periods: Sequence[str], width: float) -> str:
    longest = min(max(map(len, periods)), _LABEL)
    step = max(1, -(-(longest * _CHARACTER + 10) // int(width + 1)))
    return "".join(
        f'<text x="{_LEFT + (at + 0.5) * width:.1f}" y="15" text-anchor="middle">'
        f"{_short(periods[at], _LABEL)}</text>"
        for at in range(0, len(periods), step)
    )


def _band(label: str, cells: tuple[Cell, ...], top: float, height: float, width: float) -> str:
    parts = []
    if height >= _LETTER_ROOM:
        middle = top + height / 2 + 4
        parts.append(
            f'<text x="{_LEFT - 8:.0f}" y="{middle:.1f}" text-anchor="end" class="of">'
            f"{_short(label, 30)}</text>"
        )
    at = 0
    for cell, run in groupby(cells):
        length = len(list(run))
        left = _LEFT + at * width
        if len(cell) < 2:
            parts.append(_rect(cell, left, top, length * width, height))
        else:
            # What is made two ways at once stands side by side in each period.
            share = width / len(cell)
            parts += [
                _rect((mode,), left + place * share, top, share, height)
                for place, mode in enumerate(cell * length)
            ]
        if cell and height >= _LETTER_ROOM and width / len(cell) >= _LETTER_ROOM:
            parts += _letters(cell, left, top + height / 2 + 4, width, length)
        at += length
    return "".join(parts)


def _letters(cell: Cell, left: float, bottom: float, width: float, length: int) -> list[str]:
    share = width / len(cell)
    return [
        f'<text x="{left + (place + 0.5) * share:.1f}" y="{bottom:.1f}" '
        f'class="letter on-{mode}" text-anchor="middle">{LETTERS[mode]}</text>'
        for place, mode in enumerate(cell * length)
    ]


def _rect(cell: Cell, left: float, top: float, width: float, height: float) -> str:
    gap = 1.0 if height >= 4 else 0.0
    look = _FILL[cell[0]] if cell else 'class="absent"'
    return f'<rect x="{left:.1f}" y="{top:.2f}" width="{width - 1:.1f}" height="{height - gap:.2f}" {look}/>'


def _told(rows: Sequence[Row], periods: Sequence[str]) -> str:
    parts = []
    for at in (0, len(periods) - 1) if len(periods) > 1 else (0,):
        counts = {mode: sum(mode in row.cells[at] for row in rows) for mode in MODES}
        numbers = (
            ", ".join(f"{number:,} {mode}" for mode, number in counts.items() if number) or "none offered"
        )
        parts.append(f"in {periods[at]} {numbers}")
    return f"Mode of {count(len(rows), 'line')} by period: {'; '.join(parts)}. The table below has each line."


def _short(text: str, longest: int) -> str:
    word = plain(text)
    return escaped(word if len(word) <= longest else f"{word[: longest - 1]}…")
