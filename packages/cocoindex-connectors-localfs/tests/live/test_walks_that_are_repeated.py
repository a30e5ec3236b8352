"""All is walked again at intervals, and after a walk that failed; a failed one removes nothing."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path

import pytest

from cocoindex.connectors import localfs
from cocoindex.connectors.localfs._watch import scans
from cocoindex.connectors.localfs._watch.view import LiveDirItems
from cocoindex.connectors.localfs.errors import SourceDirectoryError
from cocoindex.errors import AlreadyWatchedError
from cocoindex.resources.file.errors import FileArgumentError

from .recorder import Recorder, in_loop, watching


@in_loop
async def test_at_intervals(tmp_path: Path) -> None:
    async with watching(tmp_path, rescan_interval=datetime.timedelta(seconds=0.01)) as seen:
        await seen.until(lambda: seen.made("walk") == 3)
        (tmp_path / "a").write_text("1")
        await seen.until_keys("a")


@pytest.mark.parametrize("interval", [1, 0.5, "1h", datetime.timedelta(0), datetime.timedelta(-1), True])
def test_intervals_of_the_wrong_kind(tmp_path: Path, interval: object) -> None:
    with pytest.raises(FileArgumentError, match="timedelta"):
        localfs.walk_dir(tmp_path, live=True, rescan_interval=interval)  # type: ignore[arg-type]


class Failing(Recorder):
    """Fails to walk all a few times, after it was ready."""

    failing = 0

    async def update_all(self) -> None:
        if self.is_ready and self.failing:
            self.failing -= 1
            self.items.failure = OSError("the disk does not answer")
            self._called("walk failed", "")
            raise self.items.failure
        await super().update_all()


@in_loop
async def test_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "FIRST_PAUSE", 0.01)
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a").write_text("1")
    async with watching(tmp_path, recorder=Failing) as seen:
        assert isinstance(seen, Failing)
        seen.failing = 3
        (tmp_path / "d").rename(tmp_path.with_name(f"{tmp_path.name}-d"))
        (tmp_path / "d").symlink_to(".")  # which cannot be listed: all is walked again
        await seen.until(lambda: seen.made("walk failed") == 3)
        await seen.until_keys()
        (tmp_path / "b").write_text("1")
        await seen.until_keys("b")
        assert [type(failure) for failure in seen.failures] == [OSError]  # told once


@in_loop
async def test_the_first_one_fails(tmp_path: Path) -> None:
    with pytest.raises(SourceDirectoryError):
        async with watching(tmp_path / "none"):
            pass


class CatchingUp(Recorder):
    """The subscriber of an update that is not live."""

    live = False


@in_loop
async def test_an_update_that_is_not_live_watches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cocoindex.connectors.localfs._watch.session.watcher_for", None)
    (tmp_path / "a").write_text("1")
    items = localfs.walk_dir(tmp_path, live=True).items()
    assert isinstance(items, LiveDirItems)
    seen = CatchingUp(items)
    await items.watch(seen)
    assert seen.calls == [("walk", ""), ("ready", "")]
    assert seen.files == {"a": "1"}


@in_loop
async def test_one_at_a_time_watches_a_view(tmp_path: Path) -> None:
    async with watching(tmp_path) as seen:
        with pytest.raises(AlreadyWatchedError):
            await seen.items.watch(Recorder(seen.items))
        await asyncio.sleep(0)


def test_what_is_walked_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a").write_text("1")
    walks = [localfs.walk_dir(tmp_path, recursive=True, live=live) for live in (False, True)]
    for first, second in zip(*(walk.items() for walk in walks), strict=True):
        assert first[0] == second[0]
        assert first[1].__coco_memo_key__() == second[1].__coco_memo_key__()
    assert not hasattr(walks[0].items(), "watch")
