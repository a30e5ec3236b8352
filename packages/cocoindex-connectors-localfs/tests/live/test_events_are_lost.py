"""Where the system's queue overflows, or too many paths change at once, all is watched and compared anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from cocoindex.connectors.localfs._watch import dirty

from .recorder import in_loop, watching


def limit() -> int:
    return int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())


@in_loop
async def test_the_queue_is_full(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    async with watching(tmp_path) as seen:
        for number in range(limit() // 2 + 2):  # nothing is read meanwhile
            (tmp_path / f"d/{number % 2}").write_text("1")
            (tmp_path / f"d/{number % 2}").unlink()
        (tmp_path / "new").mkdir()
        (tmp_path / "new/a").write_text("1")
        await seen.until_keys("new/a")
        assert seen.made("walk") == 2
        assert any("queue" in note for note in seen.notes)
        (tmp_path / "new/b").write_text("1")
        await seen.until_keys("new/a", "new/b")


@in_loop
async def test_too_many_paths_while_the_subscriber_is_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dirty, "MOST", 100)
    async with watching(tmp_path) as seen:
        seen.hold.clear()
        expected = [f"{number}" for number in range(700)]
        for number in expected:
            (tmp_path / number).write_text("1")
        await seen.until(lambda: seen.made("walk") == 2)
        seen.hold.set()
        await seen.until_keys(*expected)
        assert any("100 paths" in note for note in seen.notes)
        assert len(seen.calls) < 700
