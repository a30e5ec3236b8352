"""A file path offers what `pathlib.PurePath` offers, and keeps its base directory through it."""

from pathlib import PurePosixPath

import pytest

import cocoindex as coco
from cocoindex.resources.file import FilePath
from cocoindex.resources.file.errors import InvalidFilePathError

BASE = coco.ContextKey[str]("base")
PATH = FilePath(BASE, PurePosixPath("a/b.tar.gz"))


def below(path: str) -> FilePath[str]:
    return FilePath(BASE, PurePosixPath(path))


def test_parts() -> None:
    assert PATH.base_dir is BASE
    assert PATH.path == PurePosixPath("a/b.tar.gz")
    assert (PATH.name, PATH.stem, PATH.suffix, PATH.suffixes) == ("b.tar.gz", "b.tar", ".gz", [".tar", ".gz"])
    assert PATH.parts == ("a", "b.tar.gz")
    assert PATH.parent == below("a")
    assert list(PATH.parents) == [below("a"), below(".")]


def test_joining() -> None:
    assert PATH / "x" == PATH.joinpath("x") == below("a/b.tar.gz/x")
    assert PATH / PurePosixPath("x") / ".." == below("a/b.tar.gz/x/..")
    assert below("x/a/b.tar.gz") == "x" / PATH
    assert PATH.joinpath("x", "y") == below("a/b.tar.gz/x/y")
    assert PATH.with_segments("x", "y") == below("x/y")


def test_replacing() -> None:
    assert PATH.with_name("n") == below("a/n")
    assert PATH.with_stem("s") == below("a/s.gz")
    assert PATH.with_suffix(".x") == below("a/b.tar.x")
    with pytest.raises(ValueError, match="Invalid suffix"):
        PATH.with_suffix("x")


def test_asking() -> None:
    assert PATH.match("*.gz")
    assert PATH.is_relative_to("a")
    assert not PATH.is_relative_to("b")
    assert PATH.relative_to("a") == PurePosixPath("b.tar.gz")
    assert not PATH.is_absolute()
    assert FilePath(None, PurePosixPath("/x")).is_absolute()


def test_showing() -> None:
    assert str(PATH) == PATH.as_posix() == "a/b.tar.gz"
    assert repr(PATH) == "FilePath('a/b.tar.gz', base_dir='base')"
    assert repr(FilePath(None, PurePosixPath("x"))) == "FilePath('x')"


def test_ordering() -> None:
    paths = [below("b"), FilePath(None, PurePosixPath("c")), below("a")]
    assert sorted(paths) == [FilePath(None, PurePosixPath("c")), below("a"), below("b")]
    assert below("a") < below("b") and below("a") <= below("a") and below("b") > below("a") and below("b") >= below("b")
    with pytest.raises(TypeError):
        assert below("a") < 3  # type: ignore[operator]  # what is tested


def test_a_subclass_stays_what_it_is() -> None:
    class Special(FilePath[str]):
        __slots__ = ()

    assert type(Special(BASE, PurePosixPath("a")) / "b") is Special


def test_a_path_of_no_connector_cannot_be_resolved() -> None:
    with pytest.raises(InvalidFilePathError, match="belongs to no connector"):
        PATH.resolve()


def test_what_is_no_base_directory_or_no_path_is_refused() -> None:
    with pytest.raises(InvalidFilePathError, match=r"give a coco\.ContextKey"):
        FilePath(PurePosixPath("/x"), PurePosixPath("y"))  # type: ignore[arg-type]  # what is tested
    with pytest.raises(TypeError, match=r"give a pathlib\.PurePath"):
        FilePath(None, "y")  # type: ignore[arg-type]  # what is tested
