"""The sink of rows, called as the engine does."""

from __future__ import annotations

from collections.abc import Sequence

import cocoindex as coco
from cocoindex.connectorkits import sql
from cocoindex.connectorkits.target import Applied
from cocoindex.connectors.sqlite._dialect import DIALECT


class RowSink:
    """Writes rows of any tables of one database."""

    def __init__(self, db_key: str) -> None:
        self._sink = sql.ContentsSink(DIALECT, db_key)

    def __call__(
        self, context: coco.ContextProvider, actions: Sequence[sql.RowAction]
    ) -> dict[int, Applied[bytes]] | None:
        """Apply the actions in one transaction."""
        return sql.driven(self._sink.apply(context, actions))
