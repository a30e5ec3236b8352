"""From a field's annotation to its column: vector, a type of its own, or that to which its Python type maps.

Postgres connector, schema layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cocoindex.connectorkits import shown
from cocoindex.connectorkits.record_type import field_type
from cocoindex.resources.schema import get_multi_vector_schema, get_vector_schema

from ._column import ColumnDef, PgType
from ._json_text import json_text
from ._pg_type_of import JSON, pg_type_of
from .errors import PostgresSchemaError

if TYPE_CHECKING:
    from cocoindex.resources.schema import VectorSchema, VectorSchemaProvider

__all__ = ["column_of_field"]


async def column_of_field(where: str, annotation: Any, override: PgType | VectorSchemaProvider | None) -> ColumnDef:
    """The column of the field that messages call `where`, such as `Row.name`.

    Raises:
        PostgresSchemaError: its type has no PostgreSQL type.
    """
    base, nullable, metadata = field_type(annotation)
    sources = metadata if override is None else (override,)
    for source in sources:
        if isinstance(source, PgType):
            return ColumnDef(source.pg_type, nullable, source.encoder)
        vectors = await _vector_schema(where, source)
        if vectors is not None:
            # Half precision is what the elements have; all other kinds are kept in single precision.
            kind = "halfvec" if vectors.dtype.name == "float16" else "vector"
            return ColumnDef(f"{kind}({vectors.size})", nullable)
    if override is not None:
        raise PostgresSchemaError(
            f"the override of {where} is a PgType or provides a vector schema, and {shown(override)} is neither"
        )
    pg_type = pg_type_of(where, base)
    return ColumnDef(pg_type, nullable, json_text if pg_type == JSON else None)


async def _vector_schema(where: str, source: Any) -> VectorSchema | None:
    try:
        schema = await get_vector_schema(source)
        several = schema is None and await get_multi_vector_schema(source) is not None
    except Exception as error:
        error.add_note(f"while asking {shown(source)} for the vector schema of {where}")
        raise
    if several:
        raise PostgresSchemaError(
            f"{where} holds several vectors, which a vector column cannot; give each a row of its own"
        )
    return schema
