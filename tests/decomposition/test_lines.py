"""Single lines: what the kernels say a line costs, against HiGHS on the line's own program."""

from __future__ import annotations

import numpy as np
import pytest

from prodmode.decomposition.dual import Dual
from prodmode.decomposition.line_programs import cheapest
from prodmode.decomposition.split import split
from prodmode.errors import InputError
from prodmode.formulation import formulate
from prodmode.instance.generator import generate
from tests.differential.random_instances import build, portfolio
from tests.oracle.tiny import tiny_instance

CASES = [*(f"generated {profile}" for profile in ("enterprise", "tight", "mid-size")), *map(str, range(12))]


def dual_of(case: str) -> Dual:
    if case.startswith("generated"):
        scenarios = 2 if case.endswith("tight") else 0
        instance = generate(lines=12, periods=4, profile=case.split()[1], seed=3, scenarios=scenarios)
    else:
        try:
            instance = build(portfolio(int(case)))
        except InputError:
            pytest.skip("the portfolio of this seed is rejected")
    parts = split(formulate(instance).mip)
    assert parts is not None
    return Dual(parts)


def some_costs(dual: Dual, seed: int) -> np.ndarray:
    """Return reduced costs at prices such as a run visits: of every sign that a row allows."""
    rng = np.random.default_rng(seed)
    dual.measure()
    prices = rng.uniform(-0.3, 0.5, len(dual.span)) * dual.scale * dual.span
    return dual.reduced(np.clip(prices, dual.floor * 1.0, dual.ceiling)).copy()


@pytest.mark.parametrize("case", CASES)
def test_a_line_costs_what_its_program_says(case: str) -> None:
    dual = dual_of(case)
    dual.sort_out()
    for seed in (1, 2):
        cost = some_costs(dual, seed)
        x = np.zeros_like(cost)
        values = dual.price_all(cost, x)
        loops = dual.loops(cost)
        for line in np.concatenate([dual.walked, dual.stocked, dual.paired]):
            exact, _, own = cheapest(dual.split, int(line), cost)
            size = max(1.0, float(np.abs(cost[own]) @ np.abs(x[own])))
            assert values[line] <= exact + 2e-6 * size
            # What the line is said to do costs what it is said to cost.
            assert float(cost[own] @ x[own]) == pytest.approx(values[line] - loops[line], abs=2e-6 * size)
            if loops[line] == 0:
                assert values[line] == pytest.approx(exact, abs=2e-6 * size)


def test_softened_costs_come_down_to_exact_ones() -> None:
    dual = dual_of("generated enterprise")
    dual.sort_out()
    dual.seed()
    visit = dual.measure()
    none = np.zeros(len(dual.split.planned))
    prices = np.zeros(len(dual.split.priced))
    exact, _ = dual.smooth(prices, none, 0.0)
    assert exact == pytest.approx(visit.constant, rel=1e-6)
    warm = [dual.smooth(prices, none, heat)[0] for heat in (1.0, 100.0, 10_000.0)]
    assert exact >= warm[0] >= warm[1] >= warm[2]
    assert warm[0] == pytest.approx(exact, rel=1e-3)


def test_the_gradient_is_that_of_the_value() -> None:
    dual = dual_of("generated enterprise")
    dual.sort_out()
    dual.seed()
    visit = dual.measure()
    heat = 0.05 * abs(visit.constant) / dual.split.lines
    rng = np.random.default_rng(0)
    planned = np.zeros(len(dual.split.planned))
    prices = np.clip(
        rng.uniform(0.05, 0.4, len(dual.span)) * dual.scale * dual.span, dual.floor, dual.ceiling
    )
    _, gradient = dual.smooth(prices, planned, heat)
    for _ in range(4):
        move = rng.standard_normal(len(prices)) * dual.scale * (prices > 0)
        step = 1e-4 * float(np.median(dual.span))
        up, down = (dual.smooth(prices + sign * step * move, planned, heat)[0] for sign in (1, -1))
        assert (up - down) / (2 * step) == pytest.approx(float(gradient @ move), rel=2e-2, abs=1.0)


def test_without_numba_the_numbers_are_the_same() -> None:
    pytest.importorskip("numba", reason="numba is not installed: there is one path only")
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    code = (
        "import sys\n"
        "if sys.argv[1] == 'plain': sys.modules['numba'] = None\n"
        "import importlib.util as u\n"
        "find = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'numba' and sys.argv[1] == 'plain'"
        " else find(name, *rest)\n"
        "from prodmode.decomposition import jit\n"
        "assert jit.COMPILES == (sys.argv[1] == 'numba')\n"
        "from tests.decomposition.test_lines import dual_of, some_costs\n"
        "import numpy as np\n"
        "for case in ('generated enterprise', '3'):\n"
        "    dual = dual_of(case); dual.sort_out(); cost = some_costs(dual, 1); x = np.zeros_like(cost)\n"
        "    print(' '.join(map(repr, map(float, dual.price_all(cost, x)))))\n"
        "    print(repr(float(x @ np.arange(len(x)))))\n"
    )
    numbers = []
    for path in ("numba", "plain"):
        done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        numbers.append([float(number) for number in done.stdout.split()])
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-9, abs=1e-6)
    assert len(numbers[0]) > 10


def test_a_tiny_line_by_hand() -> None:
    """The kernels agree with the brute-force oracle's portfolios on what a line alone is worth."""
    dual = None
    for seed in range(20):
        try:
            parts = split(formulate(tiny_instance(seed)).mip)
        except InputError:
            continue
        if parts is not None and parts.lines > 1:
            dual = Dual(parts)
            break
    assert dual is not None
    dual.sort_out()
    visit = dual.exact(np.zeros(len(dual.split.priced)))
    assert visit.values.sum() + dual.split.mip.offset >= visit.constant - 1e-6
