"""pgvector columns as numpy arrays where rows are read.

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


class _VectorLoader(Loader):
    dtype = "float32"

    def load(self, data: Buffer) -> NDArray[Any]:
        import numpy as np

        return np.fromstring(bytes(data)[1:-1].decode(), dtype=self.dtype, sep=",")


class _HalfVectorLoader(_VectorLoader):
    dtype = "float16"


async def load_vectors(connection: Connection, cursor: psycopg.AsyncCursor[Any]) -> None:
    """Have `cursor` read pgvector's types, where the database has them."""
    ((vector, half),) = await execute(connection, "SELECT to_regtype('vector')::oid, to_regtype('halfvec')::oid")
    for oid, loader in ((vector, _VectorLoader), (half, _HalfVectorLoader)):
        if oid is not None:
            cursor.adapters.register_loader(oid, loader)
