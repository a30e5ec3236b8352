"""A live update goes on where the permissions of its store's folder are taken away: the files are open."""

from __future__ import annotations

import asyncio
import os
import pathlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .driven import Feed, live

NOBODY = 65534


@contextmanager
def closed(folder: pathlib.Path) -> Iterator[None]:
    """Nobody may look into a folder; this process is not root's meanwhile, to whom that does not apply."""
    user = os.geteuid()
    folder.chmod(0)
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o700)


@pytest.mark.skipif(os.name == "nt", reason="permissions are those of POSIX")
def test_it_goes_on(make_app: Any, tmp_path: pathlib.Path) -> None:
    target = RecordingTarget()

    @coco.fn
    async def keep(value: int) -> None:
        target.declare("a", value)

    async def run() -> None:
        feed: Any = Feed()

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, feed)

        app = make_app(main)
        async with live(app):
            await feed.update(1, 1)
            with closed(tmp_path / "store"):
                await feed.update(1, 2)
            assert target.data == {"a": 2}
            await feed.update(1, 3)
        await app.update()
        assert target.data == {"a": 3}

    asyncio.run(run())
