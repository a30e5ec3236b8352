"""A file path is identified by the name of its base directory and the path below it."""

from pathlib import PurePosixPath

import cocoindex as coco
from cocoindex.resources.file import FilePath


def path(base: str | None, below: str) -> FilePath[str]:
    return FilePath(None if base is None else coco.ContextKey[str](base), PurePosixPath(below))


def test_equal_names_make_equal_paths() -> None:
    one, other = path("k", "a/b"), path("k", "a//./b")
    assert one == other
    assert hash(one) == hash(other)
    assert one.__coco_memo_key__() == other.__coco_memo_key__() == ("k", "a/b")


def test_another_base_or_path_makes_another() -> None:
    assert len({path("k", "a"), path("l", "a"), path(None, "a"), path("k", "b"), path("", "a")}) == 5
    assert path("k", "a") != "a"
    assert path(None, "a").__coco_memo_key__() == (None, "a")
