"""Files are written whole or not at all, and keep the mode that they had."""

import os
import stat
from pathlib import Path

import pytest

from cocoindex.connectors.localfs import _durable, _write
from cocoindex.connectors.localfs._names import temporary_name
from cocoindex.connectors.localfs.errors import FileTargetError

from .applying import apply, file, interrupted, tree


@pytest.fixture(params=["one by one", "together"])
def sync(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to make it last."""
    if request.param == "together":
        monkeypatch.setattr(_write, "MANY", 0)
        monkeypatch.setattr(_durable, "MANY", 0)
    return str(request.param)


def test_new_and_changed_files(tmp_path: Path, sync: str) -> None:
    (tmp_path / "b").write_text("old")
    apply(file(tmp_path, "a", b"one"), file(tmp_path, "b", b"two", was="file"), file(tmp_path, "c", b""))
    assert tree(tmp_path) == {"a": "one", "b": "two", "c": ""}


def test_more_files_than_are_synced_one_by_one(tmp_path: Path) -> None:
    apply(*(file(tmp_path, f"d{n}/{n}", b"x", parents=True) for n in range(_durable.MANY + 1)))
    assert len(list(tmp_path.glob("*/*"))) == _durable.MANY + 1


def test_where_a_file_system_cannot_be_synced_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_durable, "_syncfs", lambda: None)
    test_more_files_than_are_synced_one_by_one(tmp_path)


def test_a_long_content(tmp_path: Path, sync: str) -> None:
    content = os.urandom(5_000_000)
    apply(file(tmp_path, "a", content))
    assert (tmp_path / "a").read_bytes() == content


def test_directories_are_created_when_asked(tmp_path: Path, sync: str) -> None:
    apply(file(tmp_path, "x/y/a", parents=True), file(tmp_path, "x/b", parents=True))
    assert tree(tmp_path) == {"x": "/", "x/y": "/", "x/y/a": "new", "x/b": "new"}
    with pytest.raises(FileTargetError, match="create_parent_dirs=True") as refusal:
        apply(file(tmp_path, "z/a"))
    assert refusal.value.filename == str(tmp_path / "z/a")


def test_the_mode_of_an_old_file_is_kept(tmp_path: Path, sync: str) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "a").chmod(0o640)
    apply(file(tmp_path, "a", was="file"))
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640
    (tmp_path / "a").chmod(0o4755)
    apply(file(tmp_path, "a", b"newer", was="file"))
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o4755


def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    previous = os.umask(0o027)
    try:
        apply(file(tmp_path, "a"))
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_reader_keeps_what_it_opened(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with (tmp_path / "a").open() as reader:
        apply(file(tmp_path, "a", was="file"))
        assert reader.read() == "old"


def test_a_failure_leaves_old_contents_and_no_temporary_files(tmp_path: Path, sync: str) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "d").mkdir()
    (tmp_path / "d/foreign").touch()
    with pytest.raises(FileTargetError, match="a directory that was not declared here has that name"):
        apply(file(tmp_path, "a", was="file"), file(tmp_path, "d"))
    assert tree(tmp_path) == {"a": "old", "d": "/", "d/foreign": ""}


def test_what_a_killed_process_left_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / temporary_name("a")).write_text("half")
    apply(interrupted(file(tmp_path, "a")))
    assert tree(tmp_path) == {"a": "new"}


def test_a_link_in_the_place_of_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("other")
    (tmp_path / temporary_name("a")).symlink_to("other")
    apply(interrupted(file(tmp_path, "a")))
    assert tree(tmp_path) == {"a": "new", "other": "other"}


@pytest.mark.parametrize("name", ["a b", "quote\"'", "line\nbreak", "🎉", "é", "x" * 255, "und\udcff", ".hidden"])
def test_odd_names(tmp_path: Path, name: str) -> None:
    apply(file(tmp_path, name))
    assert (tmp_path / name).read_text() == "new"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(FileTargetError, match="declare a shorter one"):
        apply(file(tmp_path, "x" * 300))
    assert tree(tmp_path) == {}
