"""A subscriber that keeps what it is told, as a target would, and waits for what is to come."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, ParamSpec

from cocoindex.connectors import localfs
from cocoindex.connectors.localfs._watch.view import LiveDirItems

P = ParamSpec("P")
PATIENCE = 20  # seconds after which a test that waits for something has failed


def in_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an async test in a loop of its own."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


class Recorder:
    """Follows the rules of a live range: a key that was called for while all is walked is decided by that call.

    Attributes:
        files: the text of each file that is known.
        calls: the single calls so far, as pairs of verb and key; `walk` has no key.
        notes: what was said for the display.
        failures: what was reported.
        hold: single calls wait while it is clear.
        walking: what to await whenever all is walked, before.
    """

    def __init__(self, items: LiveDirItems) -> None:
        self.items = items
        self.files: dict[str, str] = {}
        self.calls: list[tuple[str, str]] = []
        self.notes: list[str] = []
        self.failures: list[BaseException] = []
        self.is_ready = False
        self.hold = asyncio.Event()
        self.hold.set()
        self._decided: set[str] = set()
        self._news = asyncio.Event()

    async def update_all(self) -> None:
        self._decided.clear()
        found: dict[str, str] = {}
        try:
            async for key, file in self.items:
                found[key] = _text(file)
        except OSError:
            self._called("walk failed", "")
            raise
        for key in self._decided:
            found.pop(key, None)
            if key in self.files:
                found[key] = self.files[key]
        self.files = found
        self._called("walk", "")

    async def update_part(self, prefix: str, items: Iterable[tuple[str, localfs.File]]) -> None:
        found = {key: _text(file) for key, file in items}
        gone = [key for key in self.files if key.startswith(prefix) and key not in found]
        self._decided |= {*found, *gone}
        for key in gone:
            del self.files[key]
        self.files |= found
        self._called("part", prefix)

    async def mark_ready(self) -> None:
        self.is_ready = True
        self._called("ready", "")

    async def update(self, key: str, value: localfs.File) -> None:
        await self.hold.wait()
        self._decided.add(key)
        self.files[key] = _text(value)
        self._called("update", key)

    async def delete(self, key: str) -> None:
        await self.hold.wait()
        self._decided.add(key)
        self.files.pop(key, None)
        self._called("delete", key)

    async def report_exception(self, exc: BaseException) -> None:
        self.failures.append(exc)
        self._called("failure", "")

    def note(self, text: str) -> None:
        self.notes.append(text)
        self._news.set()

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until that is so."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"still {self.files}, after {self.calls}, {self.notes}") from None

    async def until_files(self, **expected: str) -> None:
        await self.until(lambda: self.files == expected)

    async def until_keys(self, *expected: str) -> None:
        await self.until(lambda: sorted(self.files) == sorted(expected))

    def made(self, verb: str, key: str = "") -> int:
        """How often the call was made."""
        return self.calls.count((verb, key))

    def _called(self, verb: str, key: str) -> None:
        self.calls.append((verb, key))
        self._news.set()


@asynccontextmanager
async def watching(
    folder: Path, recursive: bool = True, recorder: type[Recorder] = Recorder, wait: bool = True, **options: Any
) -> AsyncIterator[Recorder]:
    """Watch a directory; the recorder is ready, unless that is not to be waited for."""
    items = localfs.walk_dir(folder, live=True, recursive=recursive, **options).items()
    assert isinstance(items, LiveDirItems)
    seen = recorder(items)
    watch = asyncio.ensure_future(items.watch(seen))
    try:
        ready = asyncio.ensure_future(seen.until(lambda: seen.is_ready or not wait))
        await asyncio.wait([watch, ready], return_when=asyncio.FIRST_COMPLETED)
        if watch.done():
            ready.cancel()
            await watch
        await ready
        yield seen
        assert not watch.done() or watch.result()
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


def _text(file: localfs.File) -> str:
    try:
        return Path(file._local()).read_text()
    except OSError:
        return "?"
