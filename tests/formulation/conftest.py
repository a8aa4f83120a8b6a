"""The option that rewrites golden files."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", default=False, help="rewrite the golden LP files and pass"
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    # The option is unknown where pytest starts above this folder.
    return bool(request.config.getoption("--update-golden", default=False))
