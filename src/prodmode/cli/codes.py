"""Exit codes, the same for every command."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What an exit code of prodmode means."""

    OK = 0
    """Done; for ``solve``: a verified plan."""
    USAGE = 2
    """The command line was wrong."""
    REJECTED = 3
    """The input was rejected."""
    INFEASIBLE = 4
    """Proved infeasible."""
    NO_PLAN = 5
    """No plan within the limits."""
    FAILED = 6
    """The backend is missing or failed, or its plan did not pass the referee."""
    INTERRUPTED = 130
    """Interrupted without a plan."""
