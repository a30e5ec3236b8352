"""No name and no link leads out of the directory that was given."""

import os
from pathlib import Path, PurePath, PurePosixPath

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs._entry import EntryAction, FileSpec, inner_key, outer_key
from cocoindex.connectors.localfs._record import Known
from cocoindex.connectors.localfs.errors import FileTargetError, InvalidFileTargetError
from cocoindex.resources.file.errors import InvalidFilePathError

from .applying import BASE, apply, file, folder, gone, known, tree


@pytest.mark.parametrize("name", ["", ".", "..", "../a", "a/../../b", "a/..", "/a", "//a", "a\0b", PurePath("../a")])
def test_names_that_lead_out_of_a_directory_target_are_refused(name: object) -> None:
    with pytest.raises(InvalidFileTargetError):
        inner_key(name)  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize("name", [3, None, b"a", ["a"]])
def test_names_that_are_no_paths_are_refused(name: object) -> None:
    with pytest.raises(InvalidFilePathError, match="give a relative path"):
        inner_key(name)  # type: ignore[arg-type]  # what is tested


def test_names_that_cannot_be_encoded_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidFileTargetError, match="cannot be encoded for the file system"):
        inner_key("\ud800")
    with pytest.raises(InvalidFileTargetError, match="cannot be encoded for the file system"):
        outer_key(tmp_path / "\ud800")
    assert inner_key("\udcff") == "\udcff"  # what Python makes of a name on the disk that is no UTF-8


@pytest.mark.parametrize(
    ("name", "key"),
    [("a", "a"), ("./a//b/", "a/b"), (PurePosixPath("x/y"), "x/y"), ("..a", "..a"), ("a..", "a.."), (" ", " ")],
)
def test_names_are_kept_in_one_form(name: str | PurePath, key: str) -> None:
    assert inner_key(name) == key


@pytest.mark.parametrize("path", ["../a", "/a", "x/../../a"])
def test_paths_that_lead_out_of_a_base_directory_are_refused(path: str) -> None:
    with pytest.raises(InvalidFileTargetError, match="base directory 'base'"):
        outer_key(localfs.FilePath(path, base_dir=BASE))


def test_paths_of_their_own_are_identified_by_their_absolute_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    here = os.getcwd()
    assert outer_key(Path("a")) == outer_key(Path(here, "a")) == outer_key("x/../a") == (None, os.path.join(here, "a"))
    assert outer_key(localfs.FilePath("x/a", base_dir=BASE)) == ("base", "x/a")
    assert outer_key(BASE) == ("base", ".")


def test_the_base_directory_is_no_file() -> None:
    with pytest.raises(InvalidFileTargetError, match="name a file below it"):
        localfs.declare_file(BASE, "text")


def test_what_is_no_path_is_refused() -> None:
    with pytest.raises(InvalidFilePathError):
        localfs.dir_target(3)  # type: ignore[arg-type]  # what is tested
    with pytest.raises(InvalidFilePathError):
        localfs.FilePath("a", base_dir=Path("x"))  # type: ignore[arg-type]  # what is tested


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/a").write_text("theirs")
    (tmp_path / "base").mkdir()
    return tmp_path / "base"


def below(name: str, content: bytes | None = b"new", *, parents: bool = False, was: bool = True) -> EntryAction:
    spec = None if content is None else FileSpec(content, parents)
    return EntryAction(BASE.key, None, name, spec, known("file") if was else Known())


def test_a_linked_directory_is_not_written_through(base: Path) -> None:
    (base / "link").symlink_to("../outside")
    for action in (file(base, "link/a"), folder(base, "link"), folder(base, "link/d"), below("link/a")):
        with pytest.raises(FileTargetError, match="a link leads out of the directory"):
            apply(action, base=base)
    assert tree(base.parent / "outside") == {"a": "theirs"}


def test_nothing_is_removed_through_a_linked_directory(base: Path) -> None:
    (base / "link").symlink_to("../outside")
    apply(gone(base, "link/a", "file"), below("link/a", None), base=base)
    assert tree(base.parent / "outside") == {"a": "theirs"}


def test_a_linked_file_is_replaced(base: Path) -> None:
    (base / "b").symlink_to("../outside/a")
    (base / "c").symlink_to("../outside/a")
    apply(file(base, "b", was="file"), below("c"), base=base)
    assert tree(base) == {"b": "new", "c": "new"}
    assert tree(base.parent / "outside") == {"a": "theirs"}


def test_links_that_stay_inside_are_followed_for_directories(base: Path) -> None:
    (base / "d").mkdir()
    (base / "link").symlink_to("d")
    apply(folder(base, "link/x"))
    assert tree(base / "d") == {"x": "/"}


def test_a_base_directory_may_be_a_link_itself(base: Path) -> None:
    (base.parent / "to base").symlink_to("base")
    apply(below("x/a", parents=True), base=base.parent / "to base")
    assert tree(base) == {"x": "/", "x/a": "new"}


def test_a_path_of_its_own_is_followed(base: Path) -> None:
    (base / "link").symlink_to("../outside/a")
    apply(EntryAction(None, None, str(base / "link"), FileSpec(b"new", False, adopt=True), Known()))
    assert (base / "link").is_symlink()
    assert tree(base.parent / "outside") == {"a": "new"}


def test_a_base_directory_that_was_not_provided(base: Path) -> None:
    with pytest.raises(KeyError, match="'base'"):
        apply(below("a"))
    assert isinstance(BASE, coco.ContextKey)
