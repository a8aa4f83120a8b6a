"""What is a document at heart: printed, as Markdown and in notebooks it is a view of that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from prodmode.document.markdown import markdown
from prodmode.document.notebook import notebook
from prodmode.document.page import Page
from prodmode.document.text import text

if TYPE_CHECKING:
    from prodmode.document.blocks import Document


class Readable(ABC):
    """Something that has a document, and the views of it."""

    __slots__ = ()

    @abstractmethod
    def document(self) -> Document:
        """Return it as a document."""

    def to_text(self, page: Page) -> str:
        """Return it as text on a page."""
        return text(self.document(), page)

    def to_markdown(self) -> str:
        """Return it as Markdown."""
        return markdown(self.document())

    def __str__(self) -> str:
        return self.to_text(Page())

    def _repr_html_(self) -> str:
        return notebook(self.document())
