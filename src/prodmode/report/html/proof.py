"""How good the plan is and who says so, and what the instance assumes."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.document.blocks import Bullets, Facts
from prodmode.document.html import blocks_html
from prodmode.document.page import count, money, percent
from prodmode.instance.fields import TABLES, columns
from prodmode.plan.checking.verdict import RULES
from prodmode.report.html.markup import Section, folded, paragraph, table

if TYPE_CHECKING:
    from prodmode.instance.instance import Instance
    from prodmode.result import Result

MOST_ROWS = 200
"""Rows of a table of the instance that are shown."""


def proof(result: Result) -> Section:
    """Return the proof of quality: bound, gap, the referee's word, who solved it."""
    currency = result.instance.currency
    facts = [("status", result.status.value)]
    if result.objective is not None:
        facts.append(("net present value", money(result.objective, currency)))
    told = money(result.bound, currency) if result.bound is not None else "none was proved for this plan"
    facts.append(("no plan can earn more than", told))
    if result.gap is not None:
        facts.append(("gap", percent(result.gap)))
    verdict = result.verdict
    if verdict is not None:
        found = sum(verdict.counts.values())
        word = "verified" if verdict.verified else f"rejected, {count(found, 'violation')}"
        facts += [
            ("referee", f"{word}, at a relative tolerance of {verdict.tolerance:g}"),
            ("net present value by the referee", money(verdict.npv, currency)),
            ("rules recomputed", ", ".join(RULES)),
        ]
    facts += [
        (
            "backend",
            " ".join(part for part in (result.backend, _in_brackets(result.backend_version)) if part),
        ),
        ("prodmode", version("prodmode")),
        ("fingerprint of the input", result.instance.fingerprint),
    ]
    if result.choice:
        facts.append(("why this backend", f"it {result.choice}"))
    if result.message:
        facts.append(("note", result.message))
    body = blocks_html([Facts(tuple(facts))], 2)
    broken = [str(violation) for violation in verdict.violations] if verdict is not None else []
    if broken:
        body += blocks_html([Bullets(tuple(broken))], 2)
    return Section("proof", "Proof of quality", body)


def assumptions(instance: Instance) -> Section:
    """Return what the instance says: settings, tables, options that cannot be chosen, warnings."""
    settings = instance.settings.model_dump()
    rows = []
    for column in columns("settings"):
        value = settings[column.name]
        text = ", ".join(value) if isinstance(value, tuple) else _cell(value)
        unit = (column.unit or "").replace("currency", instance.currency)
        rows.append([column.name, f"{text} {unit}".strip(), column.meaning])
    parts = [table(["setting", "value", "meaning"], rows, 3, "Settings")]
    for key in TABLES:
        frame = instance.table(key)
        if len(frame):
            parts.append(folded(f"{key}: {count(len(frame), 'row')}", _rows(key, frame, instance.currency)))
    left_out = instance.ineligible
    if len(left_out):
        cells = [[str(cell) for cell in row] for row in left_out.head(MOST_ROWS).itertuples(index=False)]
        header = [str(name) for name in left_out.columns]
        listed = table(header, cells, 3, "Options that cannot be chosen", fold=False)
        parts.append(
            folded(f"{count(len(left_out), 'option')} that cannot be chosen", listed + _rest(left_out))
        )
    if instance.warnings:
        points = tuple(str(warning) for warning in instance.warnings[:MOST_ROWS])
        listed = blocks_html([Bullets(points)], 2)
        parts.append(folded(f"{count(len(instance.warnings), 'warning')} about the input", listed))
    return Section("assumptions", "Assumptions", "\n".join(parts))


def _rows(key: str, frame: pd.DataFrame, currency: str) -> str:
    shown = frame.dropna(axis="columns", how="all")
    units = {column.name: (column.unit or "").replace("currency", currency) for column in columns(key)}
    header = [f"{name}, {units[name]}" if units.get(name) else str(name) for name in shown.columns]
    cells = (
        [_cell(value) for value in row] for row in shown.head(MOST_ROWS).itertuples(index=False, name=None)
    )
    return table(header, cells, len(header), f"input: {key}", fold=False) + _rest(frame)


def _rest(frame: pd.DataFrame) -> str:
    rest = len(frame) - MOST_ROWS
    return paragraph(f"and {rest:,} more in the input", quiet=True) if rest > 0 else ""


def _cell(value: Any) -> str:
    if value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value))):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.10g}"
    return str(value)


def _in_brackets(text: str) -> str:
    return f"({text})" if text else ""
