"""Columns of names, made without a Python object per row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def numbered(prefix: str, numbers: NDArray[Any], count: int) -> pa.Array:
    """Return ``prefix`` with each number, padded to the width of ``count``.

    Examples
    --------
    >>> import numpy as np
    >>> numbered("plant-", np.array([1, 12]), 12).to_pylist()
    ['plant-01', 'plant-12']
    """
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=len(str(count)), padding="0")
    return pc.binary_join_element_wise(prefix, digits, "")


def joined(left: pa.Array, right: pa.Array, separator: str = "-") -> pa.Array:
    """Return the texts of two columns joined row by row."""
    return pc.binary_join_element_wise(left, right, separator)


def chosen(labels: pa.Array | Sequence[str], codes: NDArray[np.integer[Any]]) -> pa.Array:
    """Return a dictionary column of ``labels[code]``, blank where the code is negative."""
    dictionary = labels if isinstance(labels, pa.Array) else pa.array(labels, pa.string())
    indices = pa.array(codes, pa.int32(), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, dictionary)


def numbers(values: NDArray[Any], blank: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return a column of numbers or truths, blank where told."""
    return pa.array(values, mask=blank)


def rounded(values: NDArray[Any], digits: int = 0) -> NDArray[np.float64]:
    """Return numbers rounded to so many digits after the point."""
    result: NDArray[np.float64] = np.round(values, digits).astype(np.float64)
    return result
