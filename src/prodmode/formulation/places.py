"""Places in an array of several dimensions, as positions in the array laid flat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Places(Mapping[str, "NDArray[np.int64]"]):
    """Where a mask is true: a mapping from the kind of each dimension to positions along it.

    Positions along a dimension are worked out when they are asked for; most rows and columns are only
    ever known by their place in the flat array.

    Attributes
    ----------
    kinds : tuple of str
        What each dimension counts, such as ``("scenario", "option", "period")``.
    shape : tuple of int
        Of the mask.
    flat : ndarray
        Positions in the mask laid flat.

    Examples
    --------
    >>> places = Places.where(("option", "period"), np.array([[True, False], [False, True]]))
    >>> places["period"]
    array([0, 1])
    >>> places.take(np.array([[5, 6], [7, 8]]))
    array([5, 8])
    """

    kinds: tuple[str, ...]
    shape: tuple[int, ...]
    flat: NDArray[np.int64]

    @classmethod
    def where(cls, kinds: tuple[str, ...], mask: NDArray[np.bool_]) -> Places:
        """Return the places where a mask is true, in order."""
        return cls(kinds, mask.shape, np.arange(mask.size) if mask.all() else np.flatnonzero(mask))

    @property
    def size(self) -> int:
        """Number of places."""
        return len(self.flat)

    @property
    def rows(self) -> NDArray[np.int32]:
        """The numbers of the places: 0, 1, ..."""
        return np.arange(len(self.flat), dtype=np.int32)

    def take(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the values at the places of an array with all dimensions of the mask, or its last ones."""
        whole = values.size == prod(self.shape)
        if whole and values.size == self.size:
            return values.ravel()
        return np.take(values, self.flat if whole else self.flat % values.size)

    def packed(self) -> PackedPlaces:
        """Return the same places in an eighth of a byte per place of the mask, to be kept."""
        mask = np.zeros(prod(self.shape), dtype=bool)
        mask[self.flat] = True
        return PackedPlaces(self.kinds, self.shape, np.packbits(mask))

    def numbered(self) -> NDArray[np.int32]:
        """Return an array of the mask's shape with the number of each place, and -1 elsewhere."""
        numbers = np.full(prod(self.shape), -1, dtype=np.int32)
        numbers[self.flat] = self.rows
        return numbers.reshape(self.shape)

    def __getitem__(self, kind: str) -> NDArray[np.int64]:
        if kind not in self.kinds:
            raise KeyError(kind)
        axis = self.kinds.index(kind)
        inner = prod(self.shape[axis + 1 :])
        along = self.flat if inner == 1 else self.flat // inner
        return along if prod(self.shape[:axis]) == 1 else along % self.shape[axis]

    def __iter__(self) -> Iterator[str]:
        return iter(self.kinds)

    def __len__(self) -> int:
        return len(self.kinds)


@dataclass(frozen=True, slots=True, eq=False)
class PackedPlaces(Mapping[str, "NDArray[np.int64]"]):
    """Places that are kept and seldom asked for: one bit for each place of the mask.

    Attributes
    ----------
    kinds : tuple of str
        What each dimension counts.
    shape : tuple of int
        Of the mask.
    bits : ndarray of uint8
        The mask laid flat, eight places to a byte.
    """

    kinds: tuple[str, ...]
    shape: tuple[int, ...]
    bits: NDArray[np.uint8]

    def __getitem__(self, kind: str) -> NDArray[np.int64]:
        mask = np.unpackbits(self.bits, count=prod(self.shape)).view(bool)
        return Places(self.kinds, self.shape, np.flatnonzero(mask))[kind]

    def __contains__(self, kind: object) -> bool:
        return kind in self.kinds

    def __iter__(self) -> Iterator[str]:
        return iter(self.kinds)

    def __len__(self) -> int:
        return len(self.kinds)
