"""Derives the column of a field from its annotation: a vector, an explicit type, or the type mapped to its Python type.

Layer: connectorkits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cocoindex._shown import shown

from ..._runtime.context import ContextKey
from ..._runtime.scope import use_context
from ..record_type import field_type
from ._column import VectorLike
from ._type_map import ColumnT, TypeMap

__all__ = ["column_of_field"]


async def column_of_field(types: TypeMap[ColumnT], where: str, annotation: Any, override: object) -> ColumnT:
    """Return the column for a field; `where` names the field in messages, as in `Row.name`.

    Raises:
        the `types.errors.schema`: no SQL type is known for the field's type.
    """
    base, nullable, metadata = field_type(annotation)
    sources: Sequence[Any] = metadata if override is None else (override,)
    for source in sources:
        if isinstance(source, types.marker):
            sql_type, encoder = source
            return types.column(sql_type, nullable, encoder)
    vectors = await _vectors(types, where, sources)
    if vectors is not None:
        if types.vector is None:
            raise types.errors.schema(f"{where} holds vectors, but {types.title} has no vector type here")
        return types.vector(vectors, nullable)
    if override is not None:
        raise types.errors.schema(
            f"the override of {where} must be a {types.marker.__name__} or provide a vector schema; {shown(override)} "
            "does neither"
        )
    return types.column_of(where, base, nullable)


async def _vectors(types: TypeMap[Any], where: str, sources: Sequence[Any]) -> VectorLike | None:
    for source in sources:
        try:
            provider = use_context(source) if isinstance(source, ContextKey) else source
            schema = await _asked(provider, "__coco_vector_schema__")
            several = schema is None and await _asked(provider, "__coco_multi_vector_schema__") is not None
        except Exception as error:
            error.add_note(f"while asking {shown(source)} for the vector schema of {where}")
            raise
        if schema is not None:
            vectors: VectorLike = schema
            return vectors
        if several:
            raise types.errors.schema(
                f"{where} contains several vectors, which a {types.title} column cannot store; give each its own row"
            )
    return None


async def _asked(provider: Any, question: str) -> Any:
    ask = getattr(provider, question, None)
    return None if ask is None else await ask()
