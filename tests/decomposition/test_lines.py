"""Single lines: what the kernels say a line costs, against HiGHS on the line's own program."""

from __future__ import annotations

import numpy as np
import pytest

from prodmode.decomposition.doubles import Doubles
from prodmode.decomposition.line_programs import cheapest, line_program
from prodmode.decomposition.pricer import Pricer
from prodmode.decomposition.serving import Serving
from prodmode.decomposition.split import split
from prodmode.errors import InputError
from prodmode.formulation import formulate
from prodmode.instance.generator import generate
from tests.differential.random_instances import build, portfolio
from tests.oracle.tiny import tiny_instance

CASES = [*(f"generated {profile}" for profile in ("enterprise", "tight", "mid-size")), *map(str, range(12))]


def pricer_of(case: str) -> Pricer:
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
    return Pricer(parts)


def some_costs(pricer: Pricer, seed: int) -> np.ndarray:
    """Return reduced costs at prices such as a run visits: of every sign that a row allows."""
    rng = np.random.default_rng(seed)
    none = np.zeros(len(pricer.split.priced))
    reach = pricer.reach(pricer.visit(none).x)
    prices = rng.uniform(-0.1, 0.15, len(none)) * reach
    return pricer.reduced(np.clip(prices, pricer.floor, pricer.ceiling)).copy()


@pytest.mark.parametrize("case", CASES)
def test_a_line_costs_what_its_program_says(case: str) -> None:
    pricer = pricer_of(case)
    for seed in (1, 2):
        cost = some_costs(pricer, seed)
        x = np.zeros_like(cost)
        values = pricer.price_all(cost, x)
        loops = pricer.loops(cost)
        for line in np.concatenate([pricer.walked, pricer.stocked, pricer.paired]):
            exact, _, own = cheapest(pricer.split, int(line), cost)
            size = max(1.0, float(np.abs(cost[own]) @ np.abs(x[own])))
            assert values[line] <= exact + 2e-6 * size
            # What the line is said to do costs what it is said to cost.
            assert float(cost[own] @ x[own]) == pytest.approx(values[line] - loops[line], abs=2e-6 * size)
            if loops[line] == 0:
                assert values[line] == pytest.approx(exact, abs=2e-6 * size)


@pytest.mark.parametrize("scenarios", [0, pytest.param(2, marks=pytest.mark.slow)])
def test_two_options_at_once_with_stock_are_bounded_and_planned(scenarios: int) -> None:
    """The bound is one, little is lost, and the plan keeps every rule of its line."""
    instance = generate(lines=25, periods=4, profile="enterprise", seed=2, scenarios=scenarios)
    parts = split(formulate(instance.replace(lines=instance.lines.assign(max_options=2))).mip)
    assert parts is not None
    pricer = Pricer(parts)
    assert len(pricer.doubled) >= 4
    for seed in (1, 2):
        cost = some_costs(pricer, seed)
        x = np.zeros_like(cost)
        bounds, plans = Doubles(parts, pricer.lines, pricer.doubled).price(cost, x)
        loops = pricer.loops(cost)
        served = x.copy()
        Serving(pricer.structure).fill(served)
        losses = [0.0]
        for line, bound, plan in zip(pricer.doubled, bounds, plans, strict=True):
            exact, _, own = cheapest(parts, int(line), cost)
            size = max(1.0, float(np.abs(cost[own]) @ np.abs(x[own])))
            assert bound + loops[line] - 2e-6 * size <= exact <= plan + 2e-6 * size
            if loops[line] == 0:
                losses.append((exact - bound) / size)
            assert float(cost[own] @ x[own]) == pytest.approx(plan, abs=2e-6 * size)
            assert line_program(parts, int(line))[0].violation(served[own]) <= 1e-6
        assert max(losses) < 0.02
        assert np.median(losses) < 1e-6


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
        "from tests.decomposition.test_lines import pricer_of, some_costs\n"
        "import numpy as np\n"
        "for case in ('generated enterprise', '3'):\n"
        "    pricer = pricer_of(case); cost = some_costs(pricer, 1); x = np.zeros_like(cost)\n"
        "    print(' '.join(map(repr, map(float, pricer.price_all(cost, x)))))\n"
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
    pricer = None
    for seed in range(20):
        try:
            parts = split(formulate(tiny_instance(seed)).mip)
        except InputError:
            continue
        if parts is not None and parts.lines > 1:
            pricer = Pricer(parts)
            break
    assert pricer is not None
    visit = pricer.visit(np.zeros(len(pricer.split.priced)))
    assert visit.values.sum() + pricer.split.mip.offset >= visit.constant - 1e-6
