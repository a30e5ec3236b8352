"""Reads pgvector columns as numpy arrays.

Postgres connector, source layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader

from ._cursor import Connection, execute

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["load_vectors"]


# The schema of the extension need not be in the search_path of the session.
_TYPES = """
    SELECT t.typname, t.oid FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_type t ON t.typnamespace = e.extnamespace
    WHERE e.extname = 'vector' AND t.typname IN ('vector', 'halfvec')
"""


class _VectorLoader(Loader):
    dtype = "float32"

    def load(self, data: Buffer) -> NDArray[Any]:
        import numpy as np

        return np.fromstring(bytes(data)[1:-1].decode(), dtype=self.dtype, sep=",")


class _HalfVectorLoader(_VectorLoader):
    dtype = "float16"


async def load_vectors(connection: Connection, cursor: psycopg.AsyncCursor[Any]) -> None:
    """Make `cursor` read pgvector's types, if the database has them."""
    for name, oid in await execute(connection, _TYPES):
        cursor.adapters.register_loader(oid, _HalfVectorLoader if name == "halfvec" else _VectorLoader)
