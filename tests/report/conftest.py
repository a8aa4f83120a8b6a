"""A small portfolio, solved once for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import prodmode as pm
from prodmode.report.html.page import page
from tests.report.reading import portfolio, tree

if TYPE_CHECKING:
    from prodmode.result import Result
    from tests.report.reading import Node


@pytest.fixture(scope="session")
def workshop() -> Result:
    return pm.solve(portfolio(str), backend="highs")


@pytest.fixture(scope="session")
def text(workshop: Result) -> str:
    return page(workshop, {})


@pytest.fixture(scope="session")
def root(text: str) -> Node:
    return tree(text)
