"""What every store does, checked against a dict."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocoindex._store.interface import AppStore, Database
from cocoindex.errors import AppLockedError, AppNameError, AppNotFoundError, StoreKeyError

names = map("app {}".format, itertools.count())
pieces = st.lists(st.sampled_from([b"a", b"C", b"O", b"\0", b"\xff", b"k" * 100]), max_size=4).map(b"".join)
keys = pieces.map(lambda key: key + b"!")
values = st.one_of(st.none(), st.binary(max_size=20), st.sampled_from([b"v" * 5000, b"v" * 70_000]))
transactions = st.lists(st.tuples(st.dictionaries(keys, values, max_size=12), st.lists(pieces, max_size=2)), max_size=5)


def begins_with(prefix: bytes) -> Callable[[bytes], bool]:
    return lambda key: key.startswith(prefix)


@settings(deadline=None)
@given(st.data())
def test_reads_give_what_was_applied(database: Database, data: st.DataObject) -> None:
    store, model = database.open_app(next(names)), dict[bytes, bytes]()
    for writes, dropped in data.draw(transactions):
        store.apply(writes, dropped)
        model = {key: value for key, value in model.items() if not key.startswith(tuple(dropped))}
        model |= {key: value for key, value in writes.items() if value is not None}
        model = {key: value for key, value in model.items() if writes.get(key, b"") is not None}
    check_reads(store, model, data)
    store.clear()
    assert store.scan(b"") == [] and store.name not in database.list_apps()


def check_reads(store: AppStore, model: dict[bytes, bytes], data: st.DataObject) -> None:
    assert store.scan(b"") == sorted(model.items())
    asked = data.draw(st.lists(keys, max_size=5))
    assert store.get_many(asked) == [model.get(key) for key in asked] == [store.get(key) for key in asked]
    prefix, limit = data.draw(pieces), data.draw(st.integers(0, 5))
    after = data.draw(st.one_of(st.none(), pieces, st.sampled_from(sorted(model) or [b"x"])))
    expected = [row for row in sorted(model.items()) if row[0].startswith(prefix) and row[0] > (after or b"")]
    assert store.scan(prefix, after=after, limit=limit) == expected[:limit]
    assert store.scan_keys(prefix, after=after, limit=limit) == [key for key, _ in expected[:limit]]


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 79, 80, 81, 1024, 1500])
def test_ranges_of_every_size_are_read_whole(database: Database, size: int) -> None:
    store = database.open_app(next(names))
    inside = [b"m%05d" % number for number in range(size)]
    store.apply(dict.fromkeys([*(b"l%d" % n for n in range(200)), *inside, *(b"n%d" % n for n in range(200))], b"v"))
    assert store.scan_keys(b"m", limit=5000) == inside == [key for key, _ in store.scan(b"m", limit=5000)]
    assert store.scan_keys(b"m") == inside[:1024]
    paged: list[bytes] = []
    while page := store.scan_keys(b"m", after=paged[-1] if paged else None, limit=7):
        paged += page
    assert paged == inside


def test_prefixes_are_dropped_before_the_writes(database: Database) -> None:
    store = database.open_app(next(names))
    store.apply({b"a1": b"old", b"a2": b"old", b"b": b"old"})
    store.apply({b"a1": b"new", b"b": None, b"absent": None}, [b"a", b"none"])
    assert store.scan(b"") == [(b"a1", b"new")]
    store.apply({b"c": b"new"}, [b""])
    assert store.scan(b"") == [(b"c", b"new")]


def test_apps_are_apart_and_listed(database: Database) -> None:
    odd = ["with space", "a/b", "nul\0", "\ud800", "é", "..", "n" * 400, "format", "a", "a\0", "A"]
    for name in odd:
        database.open_app(name).apply({b"k": name.encode("utf-8", "surrogatepass")})
    assert set(odd) <= set(database.list_apps()) and database.list_apps() == sorted(database.list_apps())
    for name in odd:
        assert database.open_app(name, create=False).get(b"k") == name.encode("utf-8", "surrogatepass")
    database.open_app("a").clear()
    assert "a" not in database.list_apps() and database.open_app("a\0").get(b"k") == b"a\0"


def test_an_app_comes_back_after_it_was_cleared(database: Database) -> None:
    name = next(names)
    first, second = database.open_app(name), database.open_app(name)
    first.apply({b"k": b"v"})
    assert second.get(b"k") == b"v"
    second.clear()
    second.clear()
    assert first.get(b"k") is None and first.get_many([b"k"]) == [None] and name not in database.list_apps()
    first.apply({}, [])
    assert name not in database.list_apps()
    first.apply({b"k": b"again"})
    assert second.scan(b"k") == [(b"k", b"again")] and name in database.list_apps()


def test_an_app_that_is_not_there(database: Database) -> None:
    with pytest.raises(AppNotFoundError, match="no app 'nobody'"):
        database.open_app("nobody", create=False)
    assert "nobody" not in database.list_apps()


@pytest.mark.parametrize("name", ["", "n" * 401, "é" * 201, 5])
def test_names_that_no_app_can_have(database: Database, name: str) -> None:
    for use in (database.open_app, database.lock_app):
        with pytest.raises(AppNameError):
            use(name)


@pytest.mark.parametrize("size", [0, 512])
def test_a_key_that_does_not_fit_writes_nothing(database: Database, size: int) -> None:
    store = database.open_app(next(names))
    with pytest.raises(StoreKeyError, match=f"a key of {size} bytes"):
        store.apply({b"k": b"v", b"x" * size: b"v"})
    assert store.scan(b"") == []
    store.apply({b"x" * 511: b"v"})
    assert store.scan_keys(b"x") == [b"x" * 511]


def test_one_lock_an_app(database: Database) -> None:
    one, other = next(names), next(names)
    with database.lock_app(one), database.lock_app(other), pytest.raises(AppLockedError, match=one):
        database.lock_app(one)
    lock = database.lock_app(one)
    lock.release()
    again = database.lock_app(one)
    lock.release()
    with pytest.raises(AppLockedError):
        database.lock_app(one)
    again.release()
