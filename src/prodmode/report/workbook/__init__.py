"""The plan as an Excel workbook that a planner can go on with."""

from __future__ import annotations

from prodmode.report.workbook.book import write_plan_workbook

__all__ = ["write_plan_workbook"]
