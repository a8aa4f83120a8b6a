"""Changes of input as text and as data: ``demand.line=oak-table *1.2``."""

from __future__ import annotations

from prodmode.explain.changes.apply import apply_edits
from prodmode.explain.changes.edit import Edit
from prodmode.explain.changes.parse import parse_edit, parse_edits

__all__ = ["Edit", "apply_edits", "parse_edit", "parse_edits"]
