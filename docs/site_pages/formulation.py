"""The formulation as a page: its formulas become MathML, which browsers show without a script."""

from __future__ import annotations

import re
from pathlib import Path

from latex2mathml.converter import convert

PAGE = "reference/formulation.md"

_MODELS = Path(__file__).parents[2] / "models"
_WIDE = "---\nhide: [toc]\n---\n\n"
_FORMULA = re.compile(r"\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", flags=re.DOTALL)
_HOLDER = "formula{:04d}here"


def files() -> dict[str, str]:
    """Return the page and the model that it speaks of, by name in the site."""
    return {
        PAGE: _WIDE + (_MODELS / "FORMULATION.md").read_text(encoding="utf-8"),
        "reference/production_mode.mod": (_MODELS / "production_mode.mod").read_text(encoding="utf-8"),
    }


class Mathematics:
    """Formulas on their way round Markdown, which would read their underscores and bars as its own."""

    def __init__(self) -> None:
        self._formulas: list[str] = []

    def take_out(self, markdown: str) -> str:
        """Return the text with a word in place of each formula."""
        return _FORMULA.sub(self._hold, markdown)

    def put_in(self, html: str) -> str:
        """Return the page with MathML in place of each such word."""
        return re.sub(r"formula(\d{4})here", lambda word: self._formulas[int(word[1])], html)

    def _hold(self, formula: re.Match[str]) -> str:
        block = formula["block"]
        # latex2mathml knows lines aligned by this name only, and hands on as text what it does not know.
        latex = (block or formula["inline"]).replace("{aligned}", "{align*}")
        mathml = convert(latex, display="block" if block else "inline")
        unknown = re.findall(r"\\[a-zA-Z]+|&amp;|>&<", mathml)
        if unknown:
            raise ValueError(f"no MathML for {unknown} in {formula[0]}")
        self._formulas.append(mathml)
        return _HOLDER.format(len(self._formulas) - 1)
