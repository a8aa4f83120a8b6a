"""What a measurement was made on."""

from __future__ import annotations

import os
import platform
import statistics
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGES = ("numpy", "scipy", "pandas", "pyarrow", "pydantic", "highspy")


def description() -> str:
    """Return machine and versions in a line of Markdown."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    load = f", load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{_processor()}, {os.cpu_count()} cores{load}; {platform.system()} {platform.machine()}; "
        f"Python {platform.python_version()}, {versions}"
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def peak_memory() -> int:
    """Return the most memory in MB that this process has held, -1 where the system does not tell.

    Not from getrusage: on Linux a process inherits the peak of the one that started it there.
    """
    try:
        text = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return -1
    return next(int(line.split()[1]) // 1024 for line in text.splitlines() if line.startswith("VmHWM"))


def alternating(tasks: dict[str, Callable[[], object]], *, repeats: int) -> dict[str, float]:
    """Return the median processor seconds of each task; they take turns, so that a busy machine is fair.

    Parameters
    ----------
    tasks : dict of str to callable
        What to run, by name. Each runs once before the clock starts.
    repeats : int
        Timed runs of each.
    """
    for task in tasks.values():
        task()
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(repeats):
        for name, task in tasks.items():
            began = time.process_time()
            task()
            seconds[name].append(time.process_time() - began)
    return {name: statistics.median(values) for name, values in seconds.items()}
