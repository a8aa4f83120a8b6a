"""What a run knows, on disk: prices, proven cuts and the best plan; a killed run goes on from there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from prodmode.errors import BackendError
from prodmode.io.atomic import atomic_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.mip import Mip

FORMAT = 1
"""Version of what is in the file."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is kept.

    Attributes
    ----------
    mark : str
        Tells the program it belongs to.
    prices : ndarray, shape (P,)
    constants : ndarray, shape (c,)
        Of the proven cuts.
    slopes : ndarray, shape (c, planned columns)
    x : ndarray, shape (n,) or (0,)
        The best plan; empty where there is none yet.
    """

    mark: str
    prices: NDArray[np.float64]
    constants: NDArray[np.float64]
    slopes: NDArray[np.float64]
    x: NDArray[np.float64]


def mark_of(mip: Mip) -> str:
    """Return a hash of every number of a program."""
    digest = hashlib.sha256()
    matrix = mip.matrix
    for part in (
        mip.cost, mip.lower, mip.upper, mip.row_lower, mip.row_upper, mip.integer, matrix.data,
        matrix.indices, matrix.indptr, np.array([mip.offset]),
    ):  # fmt: skip
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def save(path: str | Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint whole or not at all.

    Raises
    ------
    BackendError
        If the file cannot be written.
    """
    try:
        with atomic_file(path) as staged, staged.open("wb") as file:
            np.savez(
                file, format=FORMAT, mark=checkpoint.mark, prices=checkpoint.prices,
                constants=checkpoint.constants, slopes=checkpoint.slopes, x=checkpoint.x,
            )  # fmt: skip
    except OSError as error:
        raise BackendError(f"the checkpoint '{path}' cannot be written: {error.strerror or error}") from error


def load(path: str | Path) -> Checkpoint | None:
    """Read a checkpoint; None where there is no such file yet.

    Raises
    ------
    BackendError
        If the file is something else.
    """
    if not Path(path).exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as held:
            if int(held["format"]) != FORMAT:
                raise BackendError(f"the checkpoint '{path}' is of another version; remove it to begin anew")
            return Checkpoint(str(held["mark"]), held["prices"], held["constants"], held["slopes"], held["x"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise BackendError(f"'{path}' is not a checkpoint; name another file or remove it") from error
