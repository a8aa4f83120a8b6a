"""A program inside HiGHS, without a word on the terminal; used to write MPS files and to solve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prodmode.formulation.mip import Mip


def highspy() -> Any:
    """Return the highspy module, loaded when first used.

    Raises
    ------
    BackendError
        If it is not installed.
    """
    try:
        import highspy as module  # noqa: PLC0415
    except ImportError as error:
        raise BackendError("highspy is not installed; try 'pip install highspy'") from error
    return module


def highs_with(mip: Mip, settings: Mapping[str, Any]) -> Any:
    """Return a ``highspy.Highs`` that holds a program and never prints.

    Parameters
    ----------
    mip : Mip
        A sound program: HiGHS reads past the end of short arrays.
    settings : mapping of str to object
        HiGHS options.

    Raises
    ------
    BackendError
        If HiGHS refuses the program or an option.
    """
    module = highspy()

    class Silent(module.Highs):  # type: ignore[misc, name-defined]
        # The constructor prints a banner from here, before any option can be set.
        def enableCallbacks(self) -> None:  # noqa: N802
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()

    engine = Silent()
    for name, value in {"output_flag": False, **settings}.items():
        if engine.setOptionValue(name, value) == module.HighsStatus.kError:
            raise BackendError(f"HiGHS does not take {name}={value!r}")
    rows, columns = mip.shape
    matrix = mip.matrix
    indptr, indices = matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32)
    layout, sense = int(module.MatrixFormat.kRowwise), int(module.ObjSense.kMinimize)
    status = engine.passModel(
        columns, rows, matrix.nnz, layout, sense, mip.offset, mip.cost, mip.lower, mip.upper,
        mip.row_lower, mip.row_upper, indptr, indices, matrix.data, mip.integer.astype(np.int32),
    )  # fmt: skip
    if status == module.HighsStatus.kError:
        raise BackendError("HiGHS refuses the program")
    return engine
