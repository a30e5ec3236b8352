"""What is written in the order of its keys takes little more room than its bytes, whatever else the app has stored."""

from __future__ import annotations

import pathlib
from contextlib import closing

import pytest

from cocoindex._store import open_database
from cocoindex._store.partition import GROWING


@pytest.mark.parametrize("kind", [bytes([first]) for first in GROWING])
def test_rows_in_order_fill_their_pages(folder: pathlib.Path, kind: bytes) -> None:
    rows = {kind + b"%06d" % number: b"v" * 100 for number in range(20_000)}
    with closing(open_database(folder)) as database:
        store = database.open_app("a")
        store.apply({b"A": b"before", b"Z": b"behind", kind + b"~": b"last of its kind"})
        store.apply({kind + b"~": None})
        for start in range(0, len(rows), 500):
            store.apply(dict(list(rows.items())[start : start + 500]))
        assert store.scan(kind, limit=len(rows) + 1) == list(rows.items())
    written = sum(len(key) + len(value) for key, value in rows.items())
    assert (folder / "data.mdb").stat().st_size < 1.3 * written
