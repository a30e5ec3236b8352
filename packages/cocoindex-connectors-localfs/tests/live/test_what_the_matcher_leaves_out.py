"""What the matcher leaves out is neither told nor watched."""

from __future__ import annotations

from pathlib import Path, PurePath

from cocoindex.connectors.localfs._watch.hub import HUB
from cocoindex.resources.file import PatternFilePathMatcher

from .recorder import in_loop, watching


@in_loop
async def test_files(tmp_path: Path) -> None:
    async with watching(tmp_path, path_matcher=PatternFilePathMatcher(["**/*.md"])) as seen:
        (tmp_path / "a.txt").write_text("1")
        (tmp_path / "a.txt").unlink()
        (tmp_path / "b.md").write_text("1")
        (tmp_path / "b.md").rename(tmp_path / "b.txt")
        await seen.until(lambda: seen.made("delete", "b.md"))
        (tmp_path / "b.txt").rename(tmp_path / "c.md")
        await seen.until_keys("c.md")
        assert {key for _, key in seen.calls} == {"", "b.md", "c.md"}


@in_loop
async def test_directories(tmp_path: Path) -> None:
    (tmp_path / "node_modules/a").mkdir(parents=True)
    async with watching(tmp_path, path_matcher=PatternFilePathMatcher(None, ["**/node_modules"])) as seen:
        assert HUB.size() == 1
        (tmp_path / "node_modules/b").mkdir()
        (tmp_path / "d/node_modules/c").mkdir(parents=True)
        (tmp_path / "d/node_modules/c/file").write_text("1")
        (tmp_path / "d/a").write_text("1")
        await seen.until_keys("d/a")
        assert HUB.size() == 2
        (tmp_path / "d/node_modules").rename(tmp_path / "d/kept")
        await seen.until_keys("d/a", "d/kept/c/file")
        (tmp_path / "d/kept").rename(tmp_path / "d/node_modules")
        await seen.until_keys("d/a")
        assert HUB.size() == 2


@in_loop
async def test_directories_of_a_walk_that_does_not_enter_them(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a").write_text("1")
    async with watching(tmp_path, recursive=False) as seen:
        assert HUB.size() == 1
        (tmp_path / "d/b").write_text("1")
        (tmp_path / "e").mkdir()
        (tmp_path / "f").write_text("1")
        (tmp_path / "f").unlink()
        (tmp_path / "f").mkdir()
        (tmp_path / "d").rename(tmp_path / "g")
        (tmp_path / "c").write_text("1")
        await seen.until_keys("c")
        assert seen.made("walk") == 1


class Raising:
    """Raises where it is asked about some names."""

    def is_dir_included(self, path: PurePath) -> bool:
        return not path.name.startswith("bad") or bool(1 / 0)

    def is_file_included(self, path: PurePath) -> bool:
        return self.is_dir_included(path)


@in_loop
async def test_it_raises(tmp_path: Path) -> None:
    async with watching(tmp_path, path_matcher=Raising()) as seen:
        (tmp_path / "bad").write_text("1")
        await seen.until(lambda: seen.failures)
        (tmp_path / "a").write_text("1")
        await seen.until_keys("a")
        (tmp_path / "d").mkdir()
        (tmp_path / "d/bad").mkdir()
        (tmp_path / "d/a").write_text("1")
        await seen.until_keys("a", "d/a")
    assert {type(failure) for failure in seen.failures} == {ZeroDivisionError}
