from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from prodmode.plan.assemble import assemble
from tests.plan.portfolio import decide, portfolio

if TYPE_CHECKING:
    from prodmode.instance.instance import Instance
    from prodmode.plan.decisions import Decisions
    from prodmode.plan.plan import Plan


@pytest.fixture(scope="session")
def instance() -> Instance:
    return portfolio()


@pytest.fixture
def decisions() -> Decisions:
    return decide()


@pytest.fixture(scope="session")
def plan(instance: Instance) -> Plan:
    return assemble(instance, decide())
