"""Trees of ten thousand components below one another are read, listed and printed; the cost is that of the text."""

from __future__ import annotations

import pathlib
from contextlib import closing

import pytest

import cocoindex as coco
from cocoindex import inspect
from cocoindex._engine import record
from cocoindex._engine.keyspace import CHILD, INDEX, NAME, ROOT_RECORD
from cocoindex._inspect.details import StoredApp
from cocoindex._keys import StablePath, encode_key, parse_stable_path
from cocoindex._store import open_database
from cocoindex._store.interface import AppStore
from cocoindex.cli.stored_text import path_blocks, path_lines, path_tree
from cocoindex.errors import RecordError

DEEP = 10_000


def chain(store: AppStore, depth: int, *, last_id: int | None = None) -> None:
    """Write the records of components that are mounted in one another, each as 0, as an update would."""
    writes: dict[bytes, bytes | None] = {NAME + bytes(4): b"nested"}
    key, mounted = ROOT_RECORD, encode_key(0)
    for level in range(depth + 1):
        ident = (level + 1 if level < depth or last_id is None else last_id).to_bytes(8, "big")
        flags = record.CHILDREN if level < depth or last_id is not None else 0
        writes[key] = record.encode(flags, ident, record.NO_HASH, record.NO_DEPS, record.Head(0))
        if flags:
            writes[INDEX + ident] = key
        key = CHILD + ident + mounted
    store.apply(writes)


@pytest.fixture
def environment(tmp_path: pathlib.Path) -> coco.Environment:
    path = tmp_path / "store"
    with closing(open_database(path)) as database:
        chain(database.open_app("deep"), DEEP)
    return coco.Environment(coco.Settings(db_path=path))


def test_they_are_listed(environment: coco.Environment) -> None:
    app = coco.App(coco.AppConfig("deep", environment=environment), lambda: None)
    paths = inspect.list_stable_paths_sync(app)
    assert [len(path.encoded) for path in paths] == [level * len(encode_key(0)) for level in range(DEEP + 1)]
    deepest = str(paths[-1])
    assert deepest == "/0" * DEEP and parse_stable_path(deepest) == paths[-1] and len(paths[-1].parts()) == DEEP


async def test_what_is_around_a_path_is_found(environment: coco.Environment) -> None:
    path = StablePath.from_parts([0] * (DEEP - 1))
    query = inspect.query_stable_path_details_by_name
    found = await query(environment, "deep", path, include_children=True)
    assert [str(detail.path) for detail in found] == ["/0" * (DEEP - 1), "/0" * DEEP]
    assert found[1].processor_name == "nested"
    assert len(await query(environment, "deep", path, include_parents=True)) == DEEP
    top = await query(environment, "deep", coco.ROOT_PATH, include_children=True)
    assert [str(detail.path) for detail in top] == ["/", "/0"]
    absent = await query(environment, "deep", path / 0 / 0 / "x", include_parents=True)
    assert len(absent) == DEEP + 2


def test_they_are_printed(environment: coco.Environment) -> None:
    with environment._stored() as database:
        assert database is not None
        stored = StoredApp(database.open_app("deep", create=False))
        for level, line in enumerate(path_lines(map(stored.info, stored.tree.subtree()))):
            assert len(line) == 2 + max(2 * level, 1)
        for level, line in enumerate(path_tree(map(stored.info, stored.tree.subtree()))):
            assert line.strip() == f"- {'/0' * level or '/'} [component]"
            assert line.index("-") == 2 * max(level - 1, 0)
        assert sum(1 for _ in path_blocks(map(stored.detail, stored.tree.subtree()), fingerprints=False)) == 4 * (
            DEEP + 1
        )


def test_a_component_that_is_its_own_ancestor_ends_the_reading(tmp_path: pathlib.Path) -> None:
    with closing(open_database(tmp_path / "store")) as database:
        chain(database.open_app("circle"), 5, last_id=3)
        tree = StoredApp(database.open_app("circle")).tree
        with pytest.raises(RecordError, match="its id 0000000000000003 is that of another component"):
            list(tree.subtree())
        with pytest.raises(RecordError, match="is that of another component"):
            list(tree.around(StablePath.from_parts([0] * 50), children=False, recursive=True, parents=True))
