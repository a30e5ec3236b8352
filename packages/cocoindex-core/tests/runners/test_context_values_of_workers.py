"""`use_context` in a function that a runner calls in another process: what its worker's initializer provided."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors

workload: Any = importlib.import_module("process_workload")  # found on the path that conftest.py adds


def test_the_initializer_provides_them() -> None:
    assert asyncio.run(workload.word()) == "hello"
    assert asyncio.run(workload.later_word()) == "later"


def test_one_that_nobody_provided_there_is_an_error_with_its_key() -> None:
    with pytest.raises(
        errors.ContextKeyError, match=r"'process_workload/word' has no value in this worker.*initializer"
    ):
        asyncio.run(workload.no_word())


def test_an_initializer_that_raises_fails_the_call_with_its_error() -> None:
    for _ in range(2):
        with pytest.raises(
            errors.RemoteCallError, match="its initializer refuse raised ValueError: no model"
        ) as caught:
            asyncio.run(workload.never())
        assert isinstance(caught.value.__cause__, ValueError)


def test_an_initializer_that_cannot_be_found_there_is_told() -> None:
    runner = coco.ProcessRunner(1, initializer=lambda context: None)
    with pytest.raises(errors.CallPickleError, match=r"the initializer .*lambda.* cannot be pickled"):
        asyncio.run(runner.execute(len, ([],), {}))


@pytest.mark.parametrize("call", ["tracked_word", "tracked_words"])
def test_a_value_whose_changes_count_is_looked_at_here(tmp_path: Path, call: str) -> None:
    runs: list[int] = []

    @coco.fn(memo=True)
    async def component() -> None:
        runs.append(1)
        assert await getattr(workload, call)(*([1] if call == "tracked_words" else [])) == ("there")

    async def main() -> None:
        await coco.use_mount(component)

    def update(value: str | None) -> None:
        context = coco.ContextProvider()
        if value is not None:
            context.provide(workload.TRACKED, value)
        settings = coco.Settings(db_path=tmp_path / "store")
        environment = coco.Environment(settings, context_provider=context)
        try:
            coco.App(coco.AppConfig("app", environment=environment), main).update_blocking()
        finally:
            environment.close()

    for value in ("one", "one", "two"):
        update(value)
    assert runs == [1, 1]
    with pytest.raises(errors.ContextKeyError, match="was read in a worker, but has no value in this process"):
        update(None)
