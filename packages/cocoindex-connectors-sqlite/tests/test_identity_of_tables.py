"""Tables and rows say what they really are, by whatever key and path their database is reached."""

from __future__ import annotations

from pathlib import Path

import cocoindex as coco
from cocoindex.connectors import sqlite

from .table_handler import TableHandler


def test_one_table_by_two_keys_and_two_paths(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    link = tmp_path / "link.sqlite"
    link.symlink_to(path)
    first, second, other = (sqlite.connect(name) for name in (path, link, tmp_path / "b.sqlite"))
    with first.transaction() as raw:
        raw.execute("CREATE TABLE docs (id)")
    context = coco.ContextProvider()
    for name, connection in (("first", first), ("second", second), ("other", other)):
        context.provide(coco.ContextKey(name), connection)
    handler = TableHandler()
    found = {name: handler.physical_identity((name, "docs"), context) for name in ("first", "second", "other")}
    assert found["first"] == found["second"] != found["other"]
    assert handler.physical_identity(("first", "notes"), context) != found["first"]
    assert handler.physical_identity(("nothing", "docs"), context) is None
    for connection in (first, second, other):
        connection.close()
