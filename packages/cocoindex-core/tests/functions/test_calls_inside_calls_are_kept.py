"""Memoized calls inside one that is not made again stay remembered, however deep; those of no use go."""

from __future__ import annotations

import pathlib

import cocoindex as coco
from cocoindex._engine.keyspace import CALL

LIMIT = coco.ContextKey[int]("limit_of_nested_calls", detect_change=True)
DEPTH = 60


def test_after_hits_of_the_outermost_and_a_change_of_it(tmp_path: pathlib.Path) -> None:
    runs: list[int] = []
    first, depth = 0, DEPTH

    @coco.fn(memo=True)
    def nested(number: int) -> int:
        runs.append(number)
        return nested(number - 1) + 1 if number else 0

    @coco.fn(memo=True)
    def outermost() -> int:
        runs.append(-1)
        return nested(depth) + coco.use_context(LIMIT)

    @coco.fn
    async def main(value: int) -> int:
        return outermost()

    def update(limit: int) -> int:
        """How many calls are stored."""
        nonlocal first
        runs.clear()
        first += 1
        environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
        environment.context_provider.provide(LIMIT, limit)
        assert coco.App(coco.AppConfig("app", environment=environment), main, first).update_blocking() == depth + limit
        with environment._stored() as database:
            assert database is not None
            stored = len(database.open_app("app", create=False).scan_keys(CALL))
        environment.close()
        return stored

    assert update(0) == DEPTH + 2 and runs == [-1, *range(DEPTH, -1, -1)]
    for _ in range(3):
        assert update(0) == DEPTH + 2 and runs == []
    assert update(1) == DEPTH + 2 and runs == [-1]
    depth = DEPTH // 2
    assert update(2) == depth + 2 and runs == [-1]
