"""Where the program's task factory raises, the update ends with its exception, and the next one mends what is missing.

Each of the tasks of an update is refused once, by itself, and with all that follow.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeAlias

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

CHILDREN = 6
MOST = 60
"""More tasks than one of these updates starts."""

Child: TypeAlias = "Callable[[RecordingTarget], Callable[[int], Any]]"


class RefusedTaskError(Exception):
    """The exception of the program's task factory."""


class Factory:
    """Refuses some of the tasks.

    Attributes:
        refused: whether a task was refused.
    """

    def __init__(self, refuse: Iterable[int]) -> None:
        self.refused = False
        self._refuse = refuse
        self._count = 0

    def __call__(self, loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
        self._count += 1
        if self._count in self._refuse:
            self.refused = True
            raise RefusedTaskError(f"task {self._count} is refused")
        return asyncio.Task(work, loop=loop, **options)


def suspending(target: RecordingTarget) -> Callable[[int], Any]:
    async def child(number: int) -> None:
        await asyncio.sleep(0)
        target.declare(number, number)

    return child


def in_a_thread(target: RecordingTarget) -> Callable[[int], Any]:
    def child(number: int) -> None:
        target.declare(number, number)

    return child


def batched(target: RecordingTarget) -> Callable[[int], Any]:
    @coco.fn.as_async(batching=True, max_batch_size=2)
    async def batch(numbers: list[int]) -> list[int]:
        await asyncio.sleep(0)
        return numbers

    async def child(number: int) -> None:
        target.declare(number, await batch(number))

    return child


def mapped(target: RecordingTarget) -> Callable[[int], Any]:
    async def again(number: int) -> int:
        await asyncio.sleep(0)
        return number

    async def child(number: int) -> None:
        target.declare(number, (await coco.map(again, [number, 0]))[0])

    return child


async def refuse(work: Callable[[], Coroutine[Any, Any, None]], refuse: Iterable[int]) -> bool:
    """Run `work`; return whether a task was refused."""
    loop = asyncio.get_running_loop()
    factory = Factory(refuse)
    loop.set_task_factory(factory)
    try:
        await work()
    except RefusedTaskError:
        pass
    finally:
        loop.set_task_factory(None)
    return factory.refused


@pytest.mark.parametrize("all_that_follow", [False, True])
@pytest.mark.parametrize("child", [suspending, in_a_thread, batched, mapped])
def test_the_update_ends(make_app: Any, child: Child, all_that_follow: bool) -> None:
    async def run() -> None:
        for first in range(1, MOST):
            target = RecordingTarget()
            body = child(target)

            async def main(body: Any = body) -> None:
                await coco.mount_each(coco.component_subpath("each"), body, [(n, n) for n in range(CHILDREN)])
                for number in range(CHILDREN, 2 * CHILDREN):
                    await coco.mount(coco.component_subpath(number), body, number)

            async def update(app: Any) -> None:
                await app.update()

            app = make_app(main, name=f"app{first}", limit=3)
            last = MOST if all_that_follow else first
            refused = await refuse(lambda app=app: update(app), range(first, last + 1))  # type: ignore[misc]
            await app.update()
            assert target.data == {number: number for number in range(2 * CHILDREN)}
            if not refused:
                return
        raise AssertionError("there are more tasks than are tried")

    asyncio.run(run())


def test_a_drop_ends(make_app: Any) -> None:
    async def run() -> None:
        target = RecordingTarget()

        async def main() -> None:
            for number in range(CHILDREN):
                await coco.mount(coco.component_subpath(number), suspending(target), number)

        async def drop(app: Any) -> None:
            await app.drop()

        for first in range(1, MOST):
            app = make_app(main, name=f"app{first}")
            await app.update()
            refused = await refuse(lambda app=app: drop(app), [first])  # type: ignore[misc]
            await app.drop()
            assert target.data == {}
            if not refused:
                return
        raise AssertionError("there are more tasks than are tried")

    asyncio.run(run())


def test_an_update_that_another_loop_waits_for_ends(tmp_path: Any) -> None:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        env = coco.Environment(coco.Settings(db_path=tmp_path / "store"), event_loop=loop)
        target = RecordingTarget()
        app = coco.App(coco.AppConfig("app", environment=env), suspending(target), 1)
        loop.set_task_factory(Factory(range(MOST)))
        with pytest.raises(RefusedTaskError):
            app.update_blocking()
        loop.set_task_factory(None)
        app.update_blocking()
        assert target.data == {1: 1}
        env.close()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
