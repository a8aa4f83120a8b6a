"""CBC's log and solution file, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodmode.backends.via_pulp.cbc_log import CbcLog, read_solution, rounded_down, write_start

if TYPE_CHECKING:
    from pathlib import Path

LINES = """Version: 2.10.3
Continuous objective value is 35879.5 - 0.00 seconds
Cbc0045I MIPStart provided solution with cost 38680
Cbc0012I Integer solution of 38672 found by feasibility pump after 0 iterations and 0 nodes (0.32 seconds)
Cbc0013I At root node, 38 cuts changed objective from 35879.471 to 35948.676 in 31 passes
Cbc0010I After 0 nodes, 1 on tree, 38672 best solution, best possible 35948.676 (5.73 seconds)
Cbc0004I Integer solution of 38664 found after 7812 iterations and 396 nodes (7.02 seconds)
Cbc0010I After 4000 nodes, 1171 on tree, 38664 best solution, best possible 35950.12 (10.75 seconds)
Cuts at root node changed objective from -1280 to -1.79769e+308"""


def log_of(text: str) -> CbcLog:
    log = CbcLog()
    for line in text.splitlines():
        log.read(line)
    return log


class TestLog:
    def test_the_state_after_each_line(self) -> None:
        log, seen = CbcLog(), []
        for line in LINES.splitlines():
            log.read(line)
            seen.append((log.incumbent, log.bound, log.nodes, log.phase))
        assert seen == [
            (None, None, None, "read"),
            (None, 35879.45, None, "root"),
            (38680, 35879.45, None, "root"),
            (38672, 35879.45, None, "root"),
            (38672, 35948.6755, None, "root"),
            (38672, 35948.6755, 0, "search"),
            (38664, 35948.6755, 0, "search"),
            (38664, pytest.approx(35950.115), 4000, "search"),
            (38664, pytest.approx(35950.115), 4000, "search"),
        ]
        assert (log.version, log.relaxed, log.within_gap) == ("2.10.3", True, False)

    def test_the_development_version(self) -> None:
        log = log_of(
            "CBC devel (git:146ce89) \u2014 COIN-OR Branch and Cut\n"
            "\u2714 LP Optimal \u2014 Frac: 9/75 (12.0%)   Obj: 7899.14   Iters: 44   Time: 0.006s"
        )
        assert (log.version, log.relaxed, log.phase) == ("devel (git:146ce89)", True, "root")
        assert log.bound == pytest.approx(7899.135)
        log.read("     1       20        0     10      1.644          7899.18    0.090")
        assert (log.phase, log.incumbent) == ("root", None)
        log.read(
            " \u2605      20       11     11            8240 strong branching   8096.03    1.75%      1.91"
        )
        assert (log.nodes, log.incumbent, log.bound, log.phase) == (20, 8240, 8096.025, "search")
        log.read("\u2714 Stopped (time limit) \u2014 BestSol: 8240   Bound: 8100.4   Gap: 1.69%   Nodes: 40")
        assert log.bound == pytest.approx(8100.395)

    def test_values_for_none(self) -> None:
        log = log_of(
            "Cbc0010I After 0 nodes, 1 on tree, 1e+50 best solution, best possible -1.7976931e+308 (0.47 s)\n"
            "Cbc0005I Partial search - best objective 1e+50 (best possible 17580.65), took 3210 iterations"
        )
        assert log.incumbent is None
        assert log.bound == pytest.approx(17580.65, abs=0.01)

    def test_end(self) -> None:
        log = log_of(
            "Result - Optimal solution found (within gap tolerance)\n"
            "Lower bound:                    35879.471\nGap:                            0.08\n"
            "Enumerated nodes:               17"
        )
        assert (log.within_gap, log.nodes) == (True, 17)
        assert log.bound == pytest.approx(35879.4705)

    def test_infeasible_before_anything_is_solved(self) -> None:
        assert log_of("Bound tightening: infeasibility proved \u2014 skipping solve.").infeasible

    @pytest.mark.parametrize("line", ["", "Lower bound: nothing", "Cbc0010I After", "\x00\xff", "1e999"])
    def test_lines_that_say_nothing(self, line: str) -> None:
        assert log_of(line) == CbcLog()


class TestRounding:
    @given(st.floats(min_value=-1e12, max_value=1e12))
    def test_never_above_what_was_printed(self, value: float) -> None:
        for digits in (6, 8, 10):
            assert rounded_down(f"{value:.{digits}g}") <= value
        assert rounded_down(f"{value:.3f}", fixed=True) <= value

    @given(st.floats(min_value=1, max_value=1e9))
    def test_close_to_it(self, value: float) -> None:
        assert rounded_down(f"{value:.6g}") >= value - 1.1e-5 * value
        assert rounded_down(f"{value:.3f}", fixed=True) >= value - 0.0011


class TestSolution:
    def test_optimal(self, tmp_path: Path) -> None:
        path = tmp_path / "answer.sol"
        path.write_text(
            "Optimal - objective value -1280.00000000\n      1 c1    1   -832\n**    2 c2   0.25  -448\n"
        )
        found = read_solution(path, 4)
        assert found is not None
        assert (found.optimal, found.has_point, found.objective) == (True, True, -1280)
        assert found.x.tolist() == [0, 1, 0.25, 0]

    @pytest.mark.parametrize(
        ("header", "has_point", "infeasible", "unbounded"),
        [
            ("Optimal (within gap tolerance) - objective value 38672.0", True, False, False),
            ("Stopped on time - objective value 38672.0", True, False, False),
            ("Stopped on iterations - objective value 38672.0", True, False, False),
            (
                "Stopped on time (no integer solution - continuous used) - objective value 1.0",
                False,
                False,
                False,
            ),
            ("Stopped on time - objective value 1e+50", False, False, False),
            ("Integer infeasible - objective value 1536.0", False, True, False),
            ("Infeasible - objective value 7680.0", False, True, False),
            ("Unbounded - objective value 0.0", False, False, True),
        ],
    )
    def test_headers(
        self, tmp_path: Path, header: str, has_point: bool, infeasible: bool, unbounded: bool
    ) -> None:
        path = tmp_path / "answer.sol"
        path.write_text(header + "\n")
        found = read_solution(path, 1)
        assert found is not None
        assert (found.has_point, found.infeasible, found.unbounded) == (has_point, infeasible, unbounded)

    @pytest.mark.parametrize(
        "text",
        ["", "\n", "Optimal\n", "Optimal - objective value 1.0\n 1 c9 1 0\n",
         "Optimal - objective value 1.0\n 1 c1\n", "Optimal - objective value 1.0\n 1 c1 one 0\n", "Größe"],
    )  # fmt: skip
    def test_files_that_are_not_whole(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "answer.sol"
        path.write_text(text, encoding="utf-8")
        assert read_solution(path, 4) is None

    def test_no_file(self, tmp_path: Path) -> None:
        assert read_solution(tmp_path / "answer.sol", 4) is None

    def test_start_holds_the_integer_columns(self, tmp_path: Path) -> None:
        path = tmp_path / "start.sol"
        write_start(path, np.array([0.9999999, 2.5, 0.0]), np.array([True, False, True]))
        assert path.read_text().splitlines()[1:] == ["0 c0 1 0", "2 c2 0 0"]
