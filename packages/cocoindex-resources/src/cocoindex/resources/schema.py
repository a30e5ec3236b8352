"""The element type and size of vector columns, for connectors.

Resources layer: plain data and protocols. numpy is imported when the first schema is created, not with this module.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import cocoindex as coco
from cocoindex.connectorkits import shown
from cocoindex.errors import CocoIndexError

if TYPE_CHECKING:
    import numpy as np

    ElementType = np.dtype[Any]
else:
    ElementType = Any  # keeps the annotations resolvable at run time without numpy

__all__ = [
    "InvalidVectorSchemaError",
    "MultiVectorSchema",
    "MultiVectorSchemaProvider",
    "VectorSchema",
    "VectorSchemaProvider",
    "get_multi_vector_schema",
    "get_vector_schema",
]


class InvalidVectorSchemaError(CocoIndexError, ValueError, TypeError):
    """Invalid element type or size of a vector column."""


@dataclass(frozen=True, slots=True)
class VectorSchema:
    """The schema of a vector column.

    Args:
        dtype: the type of each element, in any form that `numpy.dtype` accepts (`np.float32`, `"float32"`); stored as a
            `numpy.dtype`.
        size: the number of elements, 1 or more.

    Raises:
        InvalidVectorSchemaError: (a `ValueError` and `TypeError`) `dtype` is not a numeric type, or `size` is not a
            whole number from 1 on.
    """

    dtype: ElementType
    size: int

    def __post_init__(self) -> None:
        import numpy as np

        try:
            dtype = np.dtype(self.dtype)
        except (TypeError, ValueError) as error:
            raise InvalidVectorSchemaError(f"numpy has no element type {shown(self.dtype)}: {error}") from error
        # numpy converts None to float64, a class to an object type, and an empty list or dict to an empty type.
        if self.dtype is None or dtype.kind in "OSUmM" or dtype.itemsize == 0 or dtype.shape:
            raise InvalidVectorSchemaError(
                f"a vector schema needs the type of a number, such as numpy.float32, not {shown(self.dtype)}"
            )
        if isinstance(self.size, bool) or not isinstance(self.size, int) or self.size < 1:
            raise InvalidVectorSchemaError(
                f"the size of a vector must be a whole number, 1 or more, not {shown(self.size)}"
            )
        object.__setattr__(self, "dtype", dtype)

    def __coco_memo_key__(self) -> object:
        return (self.dtype.str, self.size)

    async def __coco_vector_schema__(self) -> VectorSchema:
        return self


@dataclass(frozen=True, slots=True)
class MultiVectorSchema:
    """The schema of a column that holds several vectors, for instance one per token.

    Args:
        vector_schema: the schema of each vector.

    Raises:
        InvalidVectorSchemaError: (a `ValueError` and `TypeError`) `vector_schema` is not a `VectorSchema`.
    """

    vector_schema: VectorSchema

    def __post_init__(self) -> None:
        if not isinstance(self.vector_schema, VectorSchema):
            raise InvalidVectorSchemaError(f"a MultiVectorSchema takes a VectorSchema, not {shown(self.vector_schema)}")

    async def __coco_multi_vector_schema__(self) -> MultiVectorSchema:
        return self


@runtime_checkable
class VectorSchemaProvider(Protocol):
    """An object that describes its vectors: an embedder, or a `VectorSchema` itself."""

    def __coco_vector_schema__(self) -> Awaitable[VectorSchema]:
        """Return the schema of the vectors; may load a model to find out."""
        ...


@runtime_checkable
class MultiVectorSchemaProvider(Protocol):
    """An object that describes its groups of vectors."""

    def __coco_multi_vector_schema__(self) -> Awaitable[MultiVectorSchema]:
        """Return the schema of the vectors; may load a model to find out."""
        ...


async def get_vector_schema(obj: object) -> VectorSchema | None:
    """Return the vector schema of an annotation, or None.

    Args:
        obj: a provider, or the `ContextKey` of one; for a `ContextKey`, call this inside a component.
    """
    provider = _provided(obj)
    if isinstance(provider, VectorSchemaProvider):
        return await provider.__coco_vector_schema__()
    return None


async def get_multi_vector_schema(obj: object) -> MultiVectorSchema | None:
    """Return the multi-vector schema of an annotation, or None; see `get_vector_schema`."""
    provider = _provided(obj)
    if isinstance(provider, MultiVectorSchemaProvider):
        return await provider.__coco_multi_vector_schema__()
    return None


def _provided(obj: object) -> object:
    return coco.use_context(obj) if isinstance(obj, coco.ContextKey) else obj
