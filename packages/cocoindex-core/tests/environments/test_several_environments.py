"""Several environments in one process are apart: stores, values, apps, loops."""

from __future__ import annotations

import asyncio
import pathlib
import threading
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

pytestmark = pytest.mark.usefixtures("little_garbage")

KEY = coco.ContextKey[str]("test/several")


def environment(folder: pathlib.Path, name: str | None = None, value: str = "") -> coco.Environment:
    provider = coco.ContextProvider()
    provider.provide(KEY, value)
    return coco.Environment(coco.Settings.from_env(db_path=folder), name=name, context_provider=provider)


@coco.fn
async def read() -> str:
    return coco.use_context(KEY)


def test_apps_of_one_name_live_side_by_side(tmp_path: pathlib.Path, default_env: None) -> None:
    target = RecordingTarget()

    @coco.fn
    async def build(tenant: str) -> None:
        target.declare(tenant, 1)

    alpha = environment(tmp_path / "alpha", "alpha")
    apps = [coco.App(coco.AppConfig("MyApp", environment=alpha), build, "alpha"), coco.App("MyApp", build, "default")]
    for app in apps:
        app.update_blocking()
    apps[0].drop_blocking()
    assert target.data == {"default": 1}
    alpha.close()


def test_each_has_its_values(tmp_path: pathlib.Path) -> None:
    environments = [environment(tmp_path / value, value=value) for value in "ab"]
    apps = [coco.App(coco.AppConfig("app", environment=env), read) for env in environments]
    assert [app.update_blocking() for app in apps] == ["a", "b"]
    assert [env.get_context(KEY) for env in environments] == ["a", "b"]
    for env in environments:
        env.close()


def test_two_of_one_name_are_two(tmp_path: pathlib.Path) -> None:
    environments = [environment(tmp_path / value, "same", value) for value in "ab"]
    assert [coco.App(coco.AppConfig("app", environment=env), read).update_blocking() for env in environments] == [
        "a",
        "b",
    ]


def test_two_apps_of_one_name_in_one_environment_are_an_error(env: coco.Environment) -> None:
    first = coco.App(coco.AppConfig("app", environment=env), read)
    with pytest.raises(ValueError, match="'app' exists already in the environment 'test'"):
        coco.App(coco.AppConfig("app", environment=env), read)
    del first


def test_two_may_share_a_store(tmp_path: pathlib.Path) -> None:
    target = RecordingTarget()

    @coco.fn
    async def main(key: str) -> None:
        target.declare(key, 1)

    environments = [environment(tmp_path / "shared") for _ in range(2)]
    for name, env in zip("ab", environments, strict=True):
        coco.App(coco.AppConfig(name, environment=env), main, name).update_blocking()
    environments[0].close()
    again = coco.App(coco.AppConfig("again", environment=environments[1]), main, "again")
    again.update_blocking()
    assert target.data == {"a": 1, "b": 1, "again": 1}
    environments[1].close()


def test_they_run_at_once_on_loops_of_their_own(tmp_path: pathlib.Path) -> None:
    """Each main function waits for the other one, so that it ends only if both run."""
    barrier = threading.Barrier(2)

    async def main() -> str:
        await asyncio.to_thread(barrier.wait, 30)
        return coco.use_context(KEY)

    results: dict[str, Any] = {}

    def work(value: str) -> None:
        env = environment(tmp_path / value, value=value)
        app = coco.App(coco.AppConfig("app", environment=env), main)

        async def update() -> Any:
            return await app.update()

        results[value] = asyncio.run(update())
        env.close()

    threads = [threading.Thread(target=work, args=(value,)) for value in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {"a": "a", "b": "b"}


def test_a_closed_one_says_so_and_its_store_can_be_opened_again(tmp_path: pathlib.Path) -> None:
    env = environment(tmp_path / "db")
    app = coco.App(coco.AppConfig("app", environment=env), read)
    app.update_blocking()
    env.close()
    env.close()
    with pytest.raises(RuntimeError, match="is closed; create a new Environment"):
        app.update_blocking()
    env = environment(tmp_path / "db", value="new")
    assert coco.App(coco.AppConfig("app", environment=env), read).update_blocking() == "new"
    env.close()


def test_one_that_is_closed_while_it_is_used_gives_an_error_and_nothing_worse(tmp_path: pathlib.Path) -> None:
    env = environment(tmp_path / "db")
    target = RecordingTarget()

    @coco.fn
    async def child(n: int) -> None:
        target.declare(n, n)

    @coco.fn
    async def main() -> None:
        await (await coco.mount_each(child, [(n, n) for n in range(10)])).ready()
        env.close()
        await coco.use_mount(coco.component_subpath("after"), child, 10)

    with pytest.raises(coco.errors.CocoIndexError, match="close"):
        coco.App(coco.AppConfig("app", environment=env), main).update_blocking()
    assert len(target.data) == 10
