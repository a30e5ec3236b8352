"""Only what was written is removed, and directories that were made for it once they are empty."""

import os
from pathlib import Path

import pytest

from cocoindex.connectors.localfs._names import temporary_name
from cocoindex.connectors.localfs._record import Known, written
from cocoindex.connectors.localfs.errors import FileTargetError

from .applying import apply, file, folder, gone, tree


def test_files(tmp_path: Path) -> None:
    for name in ["a", "b", "d/c"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    apply(gone(tmp_path, "a", "file"), gone(tmp_path, "d/c", "file"))
    assert tree(tmp_path) == {"b": "b"}


def test_what_is_gone_already(tmp_path: Path) -> None:
    apply(gone(tmp_path, "a", "file"), gone(tmp_path, "x/y", "file"), gone(tmp_path, "d", "directory"))
    (tmp_path / "f").touch()
    apply(gone(tmp_path, "f/a", "file"))
    assert tree(tmp_path) == {"f": ""}


@pytest.mark.parametrize("name", ["x" * 256, "x" * 256 + "/a", "a/" * 2500 + "a"])
def test_what_cannot_be_there_for_the_length_of_its_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileTargetError, match="declare a shorter one"):
        apply(file(tmp_path, name, parents=True))
    apply(gone(tmp_path, name, "file"), gone(tmp_path, name, "directory"))
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_a_directory_with_what_was_written_in_it(tmp_path: Path) -> None:
    apply(folder(tmp_path, "d"), file(tmp_path, "d/x/a", parents=True))
    apply(gone(tmp_path, "d/x/a", "file"), gone(tmp_path, "d", "directory"))
    assert tree(tmp_path) == {}


def test_a_directory_in_which_somebody_else_keeps_a_file(tmp_path: Path) -> None:
    apply(folder(tmp_path, "d"), file(tmp_path, "d/x/a", parents=True))
    (tmp_path / "d/foreign").write_text("foreign")
    apply(gone(tmp_path, "d/x/a", "file"), gone(tmp_path, "d", "directory"))
    assert tree(tmp_path) == {"d": "/", "d/foreign": "foreign"}


def test_a_directory_that_holds_nothing_but_empty_ones(tmp_path: Path) -> None:
    apply(folder(tmp_path, "d"))
    (tmp_path / "d/x/y").mkdir(parents=True)
    apply(gone(tmp_path, "d", "directory"))
    assert tree(tmp_path) == {}


def test_links_in_a_directory_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/a").write_text("kept")
    apply(folder(tmp_path, "d"))
    (tmp_path / "d/link").symlink_to("../other")
    apply(gone(tmp_path / "d", "link/a", "file"), gone(tmp_path, "d", "directory"))
    assert tree(tmp_path) == {"other": "/", "other/a": "kept", "d": "/", "d/link": "/"}


def test_what_is_of_another_kind_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "f").touch()
    apply(gone(tmp_path, "d", "file"), gone(tmp_path, "f", "directory"))
    assert tree(tmp_path) == {"d": "/", "f": ""}


def test_half_a_file_that_a_killed_process_left(tmp_path: Path) -> None:
    (tmp_path / temporary_name("a")).touch()
    apply(gone(tmp_path, "a", "file")._replace(known=Known(ours=(written(b"old"),))))
    assert tree(tmp_path) == {}


def test_one_kind_in_place_of_the_other(tmp_path: Path) -> None:
    apply(file(tmp_path, "a"), folder(tmp_path, "b"), file(tmp_path, "b/x"))
    apply(folder(tmp_path, "a", was="file"), gone(tmp_path, "b/x", "file"), file(tmp_path, "b", was="directory"))
    assert tree(tmp_path) == {"a": "/", "b": "new"}


def test_directories_that_once_led_to_files_make_way_for_one(tmp_path: Path) -> None:
    apply(file(tmp_path, "d/e/a", parents=True), file(tmp_path, "f/a", parents=True))
    apply(gone(tmp_path, "d/e/a", "file"))
    apply(file(tmp_path, "d"))
    assert tree(tmp_path) == {"d": "new", "f": "/", "f/a": "new"}
    with pytest.raises(FileTargetError, match="a directory that was not declared here"):
        apply(file(tmp_path, "f"))


def test_a_foreign_file_in_place_of_a_directory(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(FileTargetError, match="something that was not declared here has that name"):
        apply(folder(tmp_path, "a"))


def test_an_existing_directory_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir(mode=0o750)
    (tmp_path / "d/a").write_text("there")
    apply(folder(tmp_path, "d"), folder(tmp_path, "x/y", parents=True))
    assert tree(tmp_path) == {"d": "/", "d/a": "there", "x": "/", "x/y": "/"}
    with pytest.raises(FileTargetError, match="create_parent_dirs=True"):
        apply(folder(tmp_path, "z/y"))


def test_the_home_directory_is_neither_taken_nor_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "users/me"
    home.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for name in ["users/me", "users"]:
        with pytest.raises(FileTargetError, match="declare a separate directory"):
            apply(folder(tmp_path, name))
        apply(gone(tmp_path, name, "directory"))
    with pytest.raises(FileTargetError):
        apply(folder(Path(os.sep), "."))
    assert tree(tmp_path) == {"users": "/", "users/me": "/"}
    apply(folder(tmp_path, "users/me/out"), gone(tmp_path, "users/me/out", "directory"))
