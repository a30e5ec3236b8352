"""Of many components some of which fail in the sink, all good ones are applied at once, in few calls."""

from __future__ import annotations

import errno
import itertools
import math
import os
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordedAction, RecordingTarget

MANY = 1000
SOME = 100
BAD: dict[str, set[int]] = {
    "one": {517},
    "the first": {0},
    "two": {3, 998},
    "1 %": set(range(0, MANY, 100)),
    "2 %": set(range(7, MANY, 50)),
    "10 %": set(range(0, MANY, 10)),
    "all in a row": set(range(300, 400)),
    "the first hundred": set(range(100)),
    "90 %": {n for n in range(MANY) if n % 10 != 7},
    "all but one": set(range(MANY)) - {617},
}


class Crowd:
    """An app of many components with one row each; those of `bad` fail, each with an error of its own."""

    def __init__(self, env: coco.Environment, count: int = MANY) -> None:
        self.target = RecordingTarget()
        self.bad: set[int] = set()
        self.failed: dict[str, BaseException] = {}
        self.on_call: Callable[[list[RecordedAction]], None] = self.refuse
        self.target.on_batch = lambda actions: self.on_call(actions)
        target, failed = self.target, self.failed

        @coco.fn
        async def row(number: int) -> None:
            target.declare(number, number)

        async def note(error: BaseException, context: coco.ExceptionContext) -> None:
            failed[context.stable_path] = error

        @coco.fn
        async def main() -> None:
            async with coco.exception_handler(note):
                await coco.mount_each(coco.component_subpath("row"), row, [(n, n) for n in range(count)])

        self.app: coco.App[..., Any] = coco.App(coco.AppConfig("crowd", environment=env), main)

    def refuse(self, actions: list[RecordedAction]) -> None:
        bad = [action.key for action in actions if action.key in self.bad]
        if bad:
            raise ValueError(f"cannot hold {bad[0]}")

    def die_after(self, calls: int) -> None:
        """Have the target be gone from that call on."""
        numbers = itertools.count()

        def dying(actions: list[RecordedAction]) -> None:
            if next(numbers) >= calls:
                raise ConnectionError("nobody listens any more")
            self.refuse(actions)

        self.on_call = dying


@pytest.mark.parametrize("which", BAD)
def test_all_good_ones_are_applied(env: coco.Environment, which: str) -> None:
    crowd = Crowd(env)
    crowd.bad = BAD[which]
    crowd.app.update_blocking()
    assert crowd.target.data == {n: n for n in range(MANY) if n not in crowd.bad}
    assert {path: str(error) for path, error in crowd.failed.items()} == {
        f'/"row"/{n}': f"cannot hold {n}" for n in crowd.bad
    }
    assert len(crowd.target.batches) <= 40 + 2 * len(crowd.bad) * math.ceil(math.log2(MANY))
    crowd.bad = set()
    crowd.target.take()
    crowd.app.update_blocking()
    assert {action.key for action in crowd.target.actions} == BAD[which]
    assert crowd.target.data == {n: n for n in range(MANY)}


def test_a_dead_target_is_called_a_few_times_only(env: coco.Environment) -> None:
    crowd = Crowd(env)

    def dead(actions: list[RecordedAction]) -> None:
        raise ConnectionError("nobody listens")

    crowd.on_call = dead
    crowd.app.update_blocking()
    assert len(crowd.failed) == MANY
    assert len(crowd.target.batches) <= 30
    crowd.on_call = crowd.refuse
    crowd.app.update_blocking()
    assert crowd.target.data == {n: n for n in range(MANY)}


class RowIntegrityError(Exception):
    """As the drivers of databases have them."""


RowIntegrityError.__name__ = "IntegrityError"


def of_a_path(number: int) -> OSError:
    return OSError(number, os.strerror(number), "/somewhere/row")


def wrapped() -> Exception:
    error = RuntimeError("a row was refused")
    error.__cause__ = OSError(errno.ENAMETOOLONG, "too long")
    return error


REFUSALS: dict[str, Callable[[], BaseException]] = {
    "a type": lambda: TypeError("null value in column v"),
    "a driver's": lambda: RowIntegrityError("null value in column v"),
    "a number": lambda: OverflowError("too large"),
    "a missing part": lambda: KeyError("name"),
    "a long name": lambda: OSError(errno.ENAMETOOLONG, "too long"),
    "a directory in its place": lambda: IsADirectoryError(errno.EISDIR, "a directory"),
    "a file on the way": lambda: NotADirectoryError(errno.ENOTDIR, "no directory"),
    "something in its place": lambda: FileExistsError(errno.EEXIST, "exists"),
    "a name that cannot be": lambda: OSError(errno.EINVAL, "invalid"),
    "a path that is forbidden": lambda: of_a_path(errno.EACCES),
    "a path that leads nowhere": lambda: of_a_path(errno.ENOENT),
    "what was raised from it": wrapped,
    "a group of them": lambda: ExceptionGroup("rows", [ValueError("one"), of_a_path(errno.EROFS)]),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_bad_components_that_fail_alike_hide_no_good_one(env: coco.Environment, kind: str) -> None:
    crowd = Crowd(env, SOME)
    crowd.bad = set(range(SOME)) - {61}

    def refuse_alike(actions: list[RecordedAction]) -> None:
        if any(action.key in crowd.bad for action in actions):
            raise REFUSALS[kind]()

    crowd.on_call = refuse_alike
    crowd.app.update_blocking()
    assert crowd.target.data == {61: 61}
    assert len(crowd.failed) == SOME - 1
    assert len(crowd.target.batches) <= 40 + 4 * SOME  # each at most once alone and once in a half, and tried again


OUT_OF_REACH: dict[str, Callable[[int], BaseException]] = {
    "nobody listens": lambda call: ConnectionRefusedError(errno.ECONNREFUSED, f"refused {call}"),
    "a firewall": lambda call: PermissionError(errno.EPERM, f"not permitted {call}"),
    "not allowed to this client": lambda call: PermissionError(errno.EACCES, f"no {call}", "store://bucket/name"),
    "a full disk": lambda call: OSError(errno.ENOSPC, "full", f"/somewhere/{call}"),
    "a broken disk": lambda call: OSError(errno.EIO, "broken", f"/somewhere/{call}"),
    "a client that fails": lambda call: RuntimeError(f"call {call} failed"),
    "a group with one": lambda call: ExceptionGroup(f"call {call}", [ValueError("one"), ConnectionError("two")]),
    "garbled answers": lambda call: raised_from(ConnectionError(f"call {call}"), ValueError("no JSON")),
}


def raised_from(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("kind", OUT_OF_REACH)
def test_a_target_out_of_reach_is_called_a_few_times_only(env: coco.Environment, kind: str) -> None:
    crowd = Crowd(env, SOME)
    numbers = itertools.count()

    def dead(actions: list[RecordedAction]) -> None:
        raise OUT_OF_REACH[kind](next(numbers))

    crowd.on_call = dead
    crowd.app.update_blocking()
    assert len(crowd.failed) == SOME
    assert len(crowd.target.batches) <= 30


def test_all_components_are_bad(env: coco.Environment) -> None:
    crowd = Crowd(env)
    crowd.bad = set(range(MANY))
    crowd.app.update_blocking()
    assert len(crowd.failed) == MANY and crowd.target.data == {}
    assert len(crowd.target.batches) <= 40 + 4 * MANY  # each at most once alone and once in a half, and tried again


def test_a_target_that_dies_after_it_has_refused_rows(env: coco.Environment) -> None:
    crowd = Crowd(env)
    crowd.bad = set(range(MANY))
    crowd.die_after(60)
    crowd.app.update_blocking()
    assert len(crowd.failed) == MANY
    assert len(crowd.target.batches) <= 100


def test_a_target_that_dies_midway(env: coco.Environment) -> None:
    crowd = Crowd(env)
    crowd.bad = {n for n in range(MANY) if n % 50 == 0}
    crowd.die_after(60)
    crowd.app.update_blocking()
    assert len(crowd.target.batches) <= 200
    assert len(crowd.failed) + len(crowd.target.data) == MANY
    crowd.on_call, crowd.bad = crowd.refuse, set()
    crowd.app.update_blocking()
    assert crowd.target.data == {n: n for n in range(MANY)}
