"""What CBC says: its log line by line, and its solution file."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HUGE = 1e40
"""CBC prints 1e+50 and the like where it has no value."""

_NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
VERSION = re.compile(r"^(?:Version:\s+(\S+)|CBC (devel .*?|\d\S*) \u2014)", re.MULTILINE)
_RELAXED = re.compile(rf"^Continuous objective value is {_NUMBER}")
_INCUMBENT = re.compile(rf"^Cbc00(?:04|12|16)I .*?olution of {_NUMBER} found")
_STARTED = re.compile(rf"^Cbc0045I .*?(?:objective value|cost) {_NUMBER}")
_ROOT = re.compile(rf"^Cbc0013I .* objective from {_NUMBER} to {_NUMBER}")
_SEARCH = re.compile(
    rf"^Cbc0010I After (\d+) nodes, \d+ on tree, {_NUMBER} best solution, best possible {_NUMBER}"
)
_PARTIAL = re.compile(rf"^Cbc0005I .*best objective {_NUMBER} \(best possible {_NUMBER}\)")
_LOWER = re.compile(rf"^Lower bound:\s+{_NUMBER}")
_NODES = re.compile(r"^Enumerated nodes:\s+(\d+)")
# The development version of CBC, which the package cbcbox brings, words its log anew.
_NEW_RELAXED = re.compile(rf"LP Optimal .*Obj:\s*{_NUMBER}")
_NEW_SEARCH = re.compile(rf"^\W*(\d+)\s+\d+\s+\d+\s+{_NUMBER}\s.*?\s{_NUMBER}\s+\S+%\s+[\d.]+s?$")
_NEW_END = re.compile(rf"BestSol:\s*{_NUMBER}\s+Bound:\s*{_NUMBER}")
_HEADER = re.compile(rf"^(.*?) - objective value\s+{_NUMBER}")


@dataclass(slots=True)
class CbcLog:
    """What the log has told so far, in the units CBC works in.

    Attributes
    ----------
    version : str
    incumbent : float or None
        Objective of the best solution.
    bound : float or None
        Proven lower bound, rounded down by half of the last digit printed.
    nodes : int or None
        Nodes explored.
    infeasible : bool
        Whether it was proved infeasible before anything was solved; the solution file does not say so then.
    relaxed : bool
        Whether the relaxation has an optimum; then the program is not unbounded.
    phase : str
        "read", "root" or "search".
    """

    version: str = ""
    incumbent: float | None = None
    bound: float | None = None
    nodes: int | None = None
    within_gap: bool = False
    infeasible: bool = False
    relaxed: bool = False
    phase: str = "read"

    def read(self, line: str) -> None:
        """Take in a line."""
        if found := _SEARCH.match(line) or _NEW_SEARCH.match(line):
            self.nodes, self.phase = int(found[1]), "search"
            self._better(found[2])
            self._tighter(found[3])
        elif found := _INCUMBENT.match(line) or _STARTED.match(line):
            self._better(found[1])
        elif found := _PARTIAL.match(line) or _NEW_END.search(line):
            self._better(found[1])
            self._tighter(found[2])
        elif found := _ROOT.match(line):
            self._tighter(found[2])
        elif found := _RELAXED.match(line) or _NEW_RELAXED.search(line):
            self.relaxed, self.phase = True, "root"
            self._tighter(found[1])
        elif found := _LOWER.match(line):
            self._tighter(found[1], fixed=True)
        elif found := _NODES.match(line):
            self.nodes = int(found[1])
        elif "within gap tolerance" in line:
            self.within_gap = True
        elif "infeasibility proved" in line:
            self.infeasible = True
        elif found := VERSION.match(line):
            self.version = found[1] or found[2]

    def _better(self, text: str) -> None:
        value = float(text)
        if abs(value) < HUGE and (self.incumbent is None or value < self.incumbent):
            self.incumbent = value

    def _tighter(self, text: str, *, fixed: bool = False) -> None:
        value = rounded_down(text, fixed=fixed)
        if abs(value) < HUGE and (self.bound is None or value > self.bound):
            self.bound = value


def rounded_down(text: str, *, fixed: bool = False) -> float:
    """Return the least number that may have been printed so: half a unit of the last digit below.

    Parameters
    ----------
    text : str
        The number.
    fixed : bool
        Whether all its decimals are shown. Where not, zeros at the end have been left out and six digits
        count at least.

    Examples
    --------
    >>> rounded_down("35948.676")
    35948.6755
    >>> rounded_down("-1296")
    -1296.005
    >>> rounded_down("0.120", fixed=True)
    0.1195
    """
    mantissa, _, exponent = text.lower().partition("e")
    value = float(text)
    digits = len(mantissa.partition(".")[2])
    if not fixed and value == 0:
        return 0.0
    if not fixed:
        digits = max(digits, 5 - math.floor(math.log10(abs(float(mantissa)))))
    return value - 10.0 ** (int(exponent or 0) - digits) / 2


@dataclass(frozen=True, slots=True)
class CbcSolution:
    """What the solution file holds.

    Attributes
    ----------
    status : str
        As CBC words it, such as "Optimal" or "Stopped on time".
    objective : float
    x : ndarray
        The point, garbage unless `has_point`.
    """

    status: str
    objective: float
    x: NDArray[np.float64]

    @property
    def optimal(self) -> bool:
        """Whether CBC calls it optimal."""
        return self.status.startswith("Optimal")

    @property
    def infeasible(self) -> bool:
        """Whether CBC finds that there is no point."""
        return self.status.startswith(("Infeasible", "Integer infeasible"))

    @property
    def unbounded(self) -> bool:
        """Whether CBC finds that the objective has no bound."""
        return self.status.startswith("Unbounded")

    @property
    def has_point(self) -> bool:
        """Whether the values are those of a solution; CBC fills them in without one too."""
        stopped = self.status.startswith("Stopped") and "no integer solution" not in self.status
        return (self.optimal or stopped) and abs(self.objective) < HUGE


def read_solution(path: Path, columns: int) -> CbcSolution | None:
    """Read a solution file; None where it is not there or not whole.

    Parameters
    ----------
    path : Path
        A file in which the columns are named c0, c1, ...
    columns : int
        How many there are; columns that are not listed are zero.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    header = _HEADER.match(lines[0]) if lines else None
    if header is None:
        return None
    x = np.zeros(columns)
    try:
        for line in lines[1:]:
            name, value = line.removeprefix("**").split()[1:3]
            x[int(name[1:])] = float(value)
    except (ValueError, IndexError):
        return None
    return CbcSolution(header[1].strip(), float(header[2]), x)


def write_start(path: Path, x: NDArray[np.float64], integer: NDArray[np.bool_]) -> None:
    """Write the integer columns of a point in the form that CBC reads with ``-mips``.

    CBC finds the best values of the others itself.
    """
    lines = ["Stopped on time - objective value 0"]
    lines += [f"{column} c{column} {round(x[column])} 0" for column in np.flatnonzero(integer)]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
