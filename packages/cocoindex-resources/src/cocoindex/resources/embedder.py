"""The interface of embedders: one text in, one vector out.

Resources layer: a protocol only; numpy is needed by type checkers, not at run time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from cocoindex.errors import CocoIndexError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Embedder", "EmbedderArgumentError", "EmbedderError"]


class EmbedderError(CocoIndexError, RuntimeError):
    """A model cannot be loaded, does not state its dimension, or returned no valid vectors."""


class EmbedderArgumentError(CocoIndexError, TypeError, ValueError):
    """An argument of an embedder has the wrong type, or a text cannot be encoded as UTF-8."""


@runtime_checkable
class Embedder(Protocol):
    """An object that converts one text to one vector.

    The interface is deliberately small: dimension and column type are provided by
    `cocoindex.resources.schema.VectorSchemaProvider`.
    """

    async def embed(self, text: str) -> NDArray[np.float32]:
        """Return the vector of `text`: float32, one dimension, the same length for every text."""
        ...
