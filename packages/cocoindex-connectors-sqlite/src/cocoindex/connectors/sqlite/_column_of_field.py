"""From a field's annotation to its column: vector, SQLite type of its own, or the type that its Python type maps to.

SQLite connector, schema layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cocoindex.connectorkits import shown
from cocoindex.connectorkits.record_type import field_type
from cocoindex.resources.schema import get_multi_vector_schema, get_vector_schema

from ._column import ColumnDef, SqliteType
from ._json_value import json_text
from ._sqlite_type_of import JSON, sqlite_type_of
from .errors import SqliteSchemaError

if TYPE_CHECKING:
    from cocoindex.resources.schema import VectorSchemaProvider

__all__ = ["column_of_field"]


async def column_of_field(where: str, annotation: Any, override: SqliteType | VectorSchemaProvider | None) -> ColumnDef:
    """The column of the field that messages call `where`, such as `Row.name`.

    Raises:
        SqliteSchemaError: its type has no SQLite type.
    """
    base, nullable, metadata = field_type(annotation)
    sources = metadata if override is None else (override,)
    for source in sources:
        if isinstance(source, SqliteType):
            return ColumnDef(source.sqlite_type, nullable, source.encoder)
    size = await _vector_size(where, sources)
    if size is not None:
        return ColumnDef(f"float[{size}]", nullable, is_vector=True)
    if override is not None:
        raise SqliteSchemaError(
            f"the override of {where} is a SqliteType or provides a vector schema, and {shown(override)} is neither"
        )
    sqlite_type = sqlite_type_of(where, base)
    if sqlite_type == JSON:
        return ColumnDef("TEXT", nullable, json_text)
    return ColumnDef(sqlite_type, nullable)


async def _vector_size(where: str, sources: tuple[Any, ...]) -> int | None:
    for source in sources:
        try:
            schema = await get_vector_schema(source)
            several = schema is None and await get_multi_vector_schema(source) is not None
        except Exception as error:
            error.add_note(f"while asking {shown(source)} for the vector schema of {where}")
            raise
        if schema is not None:
            return schema.size
        if several:
            raise SqliteSchemaError(
                f"{where} holds several vectors, which a SQLite column cannot; give each a row of its own"
            )
    return None
