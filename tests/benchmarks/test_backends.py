"""The benchmark of backends: its page is made right from given rows, and the models by hand are the same."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks.backends.__main__ import measured, read
from benchmarks.backends.cases import PARTS, SIZES, Case, cases, failures
from benchmarks.backends.core import core
from benchmarks.backends.measure import NEEDED, beside
from benchmarks.backends.page import page
from benchmarks.backends.tables import largest, table
from benchmarks.published.problems import Problem

import prodmode as pm

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 20.0
SURROUNDINGS = {"machine": "a machine", "packages": "some packages", "load": 1.5}


def answer(backend: str, objective: float | None, **figures: Any) -> dict[str, Any]:
    plan = objective is not None
    row = {
        "backend": backend, "version": f"{backend} 1.0", "ending": "answered", "status": "time_limit",
        "objective": objective, "bound": 110.0, "gap": 0.1 if plan else None, "verified": plan,
        "solve_seconds": 20.0, "seconds_to_first_plan": 1.5 if plan else None, "seconds_to_1_percent": None,
        "seconds_to_0_1_percent": None, "primal_integral": 2.25, "peak_memory": 150_000_000,
        "verdict": "verified, not proved" if plan else "no plan",
    }  # fmt: skip
    return row | figures


def portfolios(*runs: dict[str, Any]) -> dict[str, Any]:
    size = {"rows": 1000, "columns": 900, "integers": 300, "nonzeros": 4000}
    return {
        "size": size, "build_seconds": 0.021, "currency": "EUR", "runs": list(runs),
        "surroundings": SURROUNDINGS,
    }  # fmt: skip


def lines_of(text: str, start: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(start)]


@pytest.fixture
def sizes() -> tuple[Case, Case, Case]:
    first, second, third = (Case("portfolios", "mid-size", lines, LIMIT) for lines in (20, 50, 1000))
    return first, second, third


@pytest.fixture
def done(sizes: tuple[Case, Case, Case]) -> dict[str, Any]:
    first, second, third = sizes
    return {
        first.key: portfolios(answer("cbc", 100.0), answer("scip", 100.0)),
        second.key: portfolios(
            answer("cbc", None, ending="crashed", verdict="crashed: its process crashed (SIGSEGV)"),
            answer("scip", 90.0),
        ),
        third.key: portfolios(answer("scip", 99.5, gap=0.0, verdict="proved", status="optimal")),
    }


class TestPage:
    def test_a_row_for_every_run(self, sizes: tuple[Case, Case, Case], done: dict[str, Any]) -> None:
        text = page(sizes, done, (20, 50, 1000), LIMIT)
        assert (
            "| 20 | cbc | time_limit | 100.00 | 110.00 | 10.00 % | 20.00 | 1.50 | - | - | 2.25 | 150 "
            "| verified, not proved |"
        ) in text.splitlines()
        assert lines_of(text, "| 50 | cbc ")[0].startswith("| 50 | cbc | crashed | - | 110.00 | - |")
        assert lines_of(text, "| 50 | cbc ")[0].endswith("| crashed |")
        assert "| 1,000 | 1,000 | 900 | 300 | 4,000 | 0.02 |" in text

    def test_a_backend_without_a_plan_is_not_given_larger_ones(
        self, sizes: tuple[Case, Case, Case], done: dict[str, Any]
    ) -> None:
        text = page(sizes, done, (20, 50, 1000), LIMIT)
        assert lines_of(text, "| 1,000 | cbc ")[0].startswith(
            "| 1,000 | cbc | not tried: no plan at 50 lines |"
        )
        assert "| 1,000 | not tried | 0 % |" in text
        assert "Largest portfolio with a verified plan: cbc 20 lines, scip 1,000 lines." in text

    def test_tells_machine_load_and_how_to_repeat(
        self, sizes: tuple[Case, Case, Case], done: dict[str, Any]
    ) -> None:
        text = page(sizes, done, (20, 50, 1000), LIMIT)
        assert "`python -m benchmarks.backends --time-limit 20`" in text
        assert "load averages were from 1.5 to\n1.5." in text
        assert "a machine; some packages." in text
        assert "pip install" in text

    def test_what_is_not_there_is_named(self, sizes: tuple[Case, Case, Case], done: dict[str, Any]) -> None:
        del done[sizes[2].key]
        text = page(sizes, done, (20, 50, 1000), LIMIT)
        assert "## Not measured yet\n\nportfolios mid-size 1,000." in text
        assert "Not measured" not in page(sizes[:2], done, (20, 50), LIMIT)

    def test_without_results(self, sizes: tuple[Case, Case, Case]) -> None:
        assert "Nothing has been measured yet." in page(sizes, {}, (20, 50, 1000), LIMIT)

    def test_relaxations(self) -> None:
        small, large = (Case("relaxations", "tight", lines, LIMIT) for lines in (20, 50))

        def run(backend: str, objective: float | None, status: str = "optimal") -> dict[str, Any]:
            return {"backend": backend, "status": status, "objective": objective, "solve_seconds": 0.25}

        done: dict[str, dict[str, Any]] = {
            small.key: {"runs": [run("highs", 12.0), run("glop", 12.0), run("pdlp", None, "error")]},
            large.key: {"runs": [run("highs", 24.0), run("glop", 23.0, "time_limit")]},
        }
        text = page([small, large], done, (20, 50), LIMIT)
        assert "| tight | 20 | 12.00 | 0.25 | 12.00 | 0.25 | error | 0.25 |" in text
        assert (
            "| tight | 50 | 24.00 | 0.25 | 23.00 (time_limit) | 0.25 | not tried: no answer at 20 lines |  |"
            in text
        )

    def test_published(self) -> None:
        solved, absent = (Case("published", name, 0, LIMIT) for name in ("gap c05100", "sscflp/holmberg p13"))
        done: dict[str, dict[str, Any]] = {
            solved.key: {
                "runs": [answer("highs", 1931.0) | {"beside": "equal"}],
                "optimum": 1931, "best": None, "known_bound": None,
            },
            absent.key: {"skipped": "its raw file is not here"},
        }  # fmt: skip
        text = page([solved, absent], done, (), LIMIT)
        row = lines_of(text, "| gap c05100 ")[0]
        assert row.startswith("| gap c05100 | highs | 1931 | time_limit | 1,931.00 |")
        assert row.endswith("| equal |")
        assert "| sscflp/holmberg p13 |  | its raw file is not here |" in text

    def test_building(self) -> None:
        def built(seconds: float) -> dict[str, Any]:
            return {
                "rows": 1000, "columns": 900, "build_seconds": seconds, "hand_over_seconds": 0.5,
                "memory_before": 150, "memory_built": 160, "memory_handed_over": 170,
            }  # fmt: skip

        ours, theirs, absent = (
            Case("building", writer, 500, 0.0) for writer in ("prodmode", "pulp", "linopy")
        )
        same = Case("agreement", "pulp", 20, LIMIT)
        done: dict[str, dict[str, Any]] = {
            ours.key: built(0.1),
            theirs.key: built(4.0),
            absent.key: {"skipped": "not installed: linopy, xarray"},
            same.key: {"objective": 1234.567, "status": "optimal", "seconds": 1.0},
        }
        text = page([same, ours, theirs, absent], done, (500,), LIMIT)
        assert "| 500 | pulp | 1,000 | 900 | 4.00 | 0.50 | 150 | 160 | 170 | 40 |" in text
        assert "| 500 | linopy | not installed: linopy, xarray |" in text
        assert "| pulp | 1,234.57 | optimal | 1.0 |" in text


class TestCases:
    def test_keys_tell_cases_apart(self) -> None:
        every = list(cases(PARTS, SIZES, LIMIT))
        assert len({case.key for case in every}) == len(every)
        assert {case.part for case in every} == set(PARTS)

    def test_another_time_limit_is_another_case(self) -> None:
        assert Case("portfolios", "tight", 20, 20.0).key != Case("portfolios", "tight", 20, 60.0).key

    def test_small_portfolios_come_first(self) -> None:
        sizes = [case.lines for case in cases(["portfolios"], [500, 20, 50], LIMIT)]
        assert sizes == sorted(sizes)

    def test_failures_look_at_smaller_sizes_of_the_same_kind(
        self, sizes: tuple[Case, Case, Case], done: dict[str, Any]
    ) -> None:
        assert failures(sizes[2], done, (20, 50, 1000)) == {"cbc": 50}
        assert failures(sizes[1], done, (20, 50, 1000)) == {}
        assert failures(Case("portfolios", "tight", 1000, LIMIT), done, (20, 50, 1000)) == {}

    def test_the_log_is_read_by_key(self, tmp_path: Path) -> None:
        log = tmp_path / "results.jsonl"
        assert read(log) == {}
        log.write_text('{"key": "a|b", "runs": []}\n', encoding="utf-8")
        assert read(log) == {"a|b": {"runs": []}}


class TestTables:
    def test_rows_must_be_as_long_as_the_headings(self) -> None:
        with pytest.raises(ValueError, match="1 cells for 2 headings"):
            table(("a", "b"), [["x"]])

    def test_a_bar_in_a_cell_is_escaped(self) -> None:
        assert table(("a",), [["x|y"]], words=("a",)) == "| a |\n| --- |\n| x\\|y |"

    def test_a_backend_without_any_plan(self) -> None:
        runs = [(20, [answer("cp-sat", None)])]
        assert largest(runs) == "Largest portfolio with a verified plan: cp-sat none."


@pytest.mark.parametrize(
    ("objective", "sense", "optimum", "expected"),
    [
        (-100.0, -1, 100.0, "equal"),
        (-110.0, -1, 100.0, "10.00% short"),
        (95.0, 1, 100.0, "5.00% short"),
        (105.0, 1, 100.0, "5.00% better"),
        (None, 1, 100.0, "no plan"),
        (1.0, 1, None, "no published value"),
    ],
)
def test_beside_the_published_value(
    objective: float | None, sense: int, optimum: float | None, expected: str
) -> None:
    problem = Problem("set", "name", lambda: core(lines=2), sense, optimum)
    assert beside(problem, {"objective": objective}) == expected


class TestByHand:
    def test_the_core_has_none_of_what_the_scripts_leave_out(self) -> None:
        instance = core(lines=30)
        assert not len(instance.tiers)
        assert not len(instance.ineligible)
        assert instance.lines["holding_cost"].isna().all()
        assert (instance.lines["max_options"] == 1).all()
        assert instance.options["unit_cost"].notna().all()
        assert instance.usage["option"].is_unique

    @pytest.mark.parametrize("writer", ["pulp", "linopy"])
    def test_the_scripts_find_our_optimum(self, writer: str) -> None:
        absent = [name for name in NEEDED[writer] if find_spec(name) is None]
        if absent:
            pytest.skip(f"not installed: {', '.join(absent)}")
        # In a process of its own: PuLP and OR-Tools must not meet in one.
        row = measured(Case("agreement", writer, 6, 60.0), [])
        assert row.get("status") == "optimal", row
        ours = pm.solve(core(lines=6), gap=1e-9)
        assert row["objective"] == pytest.approx(ours.objective, rel=1e-6)
