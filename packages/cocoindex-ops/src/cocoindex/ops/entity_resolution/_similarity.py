"""Measures the similarity of names, and groups similar names. Ops layer; needs numpy."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from cocoindex.errors import MissingExtraError
from cocoindex.resources.embedder import Embedder

from .errors import EntityArgumentError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ROWS: Final = 512


class Similarity:
    """The similarity of some names by the cosine of their vectors.

    Args:
        names: the names.
        vectors: one row for each name, of length 1, or 0 for a zero vector.
        threshold: the lowest cosine of names that count as similar.
    """

    def __init__(self, names: Sequence[str], vectors: NDArray[np.float32], threshold: float) -> None:
        self._place = {name: place for place, name in enumerate(names)}
        self._names = names
        self._vectors = vectors
        self._threshold = threshold

    def nearest(self, name: str, others: Sequence[str]) -> list[str]:
        """Return the names of `others` that are similar to `name`, the most similar first."""
        places = [self._place[other] for other in others]
        vector = self._vectors[self._place[name]]
        cosines = self._vectors[places] @ vector
        order = (-cosines).argsort(kind="stable")
        return [others[i] for i in order if cosines[i] >= self._threshold and vector.any()]

    def groups(self) -> list[list[str]]:
        """Return the names in groups: the connected components by similarity."""
        import numpy as np

        labels = np.arange(len(self._names))
        for first in range(0, len(self._names), _ROWS):
            similar = self._vectors[first : first + _ROWS] @ self._vectors.T >= self._threshold
            for row in np.flatnonzero(similar.sum(axis=1) > 1):
                joined = np.unique(labels[similar[row]])
                if len(joined) > 1:
                    labels[np.isin(labels, joined)] = joined[0]
        groups: dict[int, list[str]] = {}
        for name, label in zip(self._names, labels.tolist(), strict=True):
            groups.setdefault(label, []).append(name)
        return list(groups.values())


async def measure(names: Sequence[str], embedder: Embedder, max_distance: float) -> Similarity:
    """Embed all names concurrently, and return their similarity.

    Raises:
        MissingExtraError: (an `ImportError`) numpy is not installed.
        EntityArgumentError: (a `TypeError` and `ValueError`) the embedder returned vectors of different lengths.
    """
    try:
        import numpy as np
    except ImportError as error:
        raise MissingExtraError("comparing names", "cocoindex-ops", "entity-resolution", error) from error

    rows = await asyncio.gather(*(embedder.embed(name) for name in names))
    if len({len(row) for row in rows}) > 1:
        raise EntityArgumentError("the embedder returned vectors of different lengths, which cannot be compared")
    vectors = np.asarray(rows, dtype=np.float32).reshape(len(names), -1)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    return Similarity(names, (vectors / lengths).astype(np.float32), 1 - max_distance)
