"""A store with writes over another one gives what was written last, and leaves the one below as it is."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocoindex._store.interface import AppStore, Database
from cocoindex._store.overlay_store import OverlayStore

from .test_conformance import check_reads, keys, transactions

names = map("overlaid {}".format, itertools.count())
Model = dict[bytes, bytes]


def changed(model: Model, store: AppStore, writes: dict[bytes, bytes | None], dropped: list[bytes]) -> Model:
    """Apply one transaction to a store and to its model, which is returned."""
    store.apply(writes, dropped)
    model = {key: value for key, value in model.items() if not key.startswith(tuple(dropped)) and key not in writes}
    return model | {key: value for key, value in writes.items() if value is not None}


@settings(deadline=None)
@given(st.data())
def test_reads_give_what_was_written_last(database: Database, data: st.DataObject) -> None:
    below, model = database.open_app(next(names)), Model()
    for writes, dropped in data.draw(transactions):
        model = changed(model, below, writes, dropped)
    before = below.scan(b"")
    store = OverlayStore(below)
    assert store.name == below.name
    for writes, dropped in data.draw(transactions):
        model = changed(model, store, writes, dropped)
        check_reads(store, model, data)
        asked = data.draw(st.lists(keys, max_size=5))
        with store.snapshot() as snapshot:
            assert [snapshot.get(key) for key in asked] == [model.get(key) for key in asked]
            assert snapshot.find(asked) == {key: model[key] for key in asked if key in model}
    store.clear()
    assert store.scan(b"") == []
    assert below.scan(b"") == before


@pytest.mark.parametrize("size", [15, 16, 17, 1024, 3000])
def test_ranges_of_every_size_are_read_whole(database: Database, size: int) -> None:
    below = database.open_app(next(names))
    inside = [b"m%05d" % number for number in range(size)]
    below.apply(dict.fromkeys([b"l", *inside[::2], b"n"], b"v"))
    store = OverlayStore(below)
    store.apply(dict.fromkeys([b"lz", *inside[1::2], b"na"], b"v"))
    assert store.scan_keys(b"m", limit=5000) == inside
    paged: list[bytes] = []
    while page := store.scan_keys(b"m", after=paged[-1] if paged else None, limit=7):
        paged += page
    assert paged == inside
