"""The names under which files are written first are nobody else's: no other file is lost for them, none is left."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cocoindex.connectors import localfs
from cocoindex.connectors.localfs._entry import inner_key, outer_key
from cocoindex.connectors.localfs._names import temporary_name
from cocoindex.connectors.localfs.errors import FileTargetError, InvalidFileTargetError

from .applying import apply, file, gone, interrupted, tree


def test_a_file_of_somebody_else_that_has_such_a_name_stays(tmp_path: Path) -> None:
    foreign = {temporary_name("a"): "theirs", temporary_name("a", 1): "theirs"}
    for name, text in foreign.items():
        (tmp_path / name).write_text(text)
    apply(file(tmp_path, "a"))
    assert tree(tmp_path) == {"a": "new"} | foreign
    apply(file(tmp_path, "a", b"newer", was="file"))
    apply(gone(tmp_path, "a", "file"))
    assert tree(tmp_path) == foreign


def test_what_an_interrupted_attempt_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / temporary_name("a")).write_text("half")
    apply(interrupted(file(tmp_path, "a")))
    assert tree(tmp_path) == {"a": "new"}


def test_such_a_name_is_not_declared(tmp_path: Path) -> None:
    for name in (temporary_name("a"), f"d/{temporary_name('a', 12)}", f"{temporary_name('a')}/a"):
        with pytest.raises(InvalidFileTargetError, match="use another"):
            inner_key(name)
        with pytest.raises(InvalidFileTargetError, match="use another"):
            outer_key(tmp_path / name)
    assert inner_key(".coco-0123456789abcdef.tmp") == ".coco-0123456789abcdef.tmp"


def test_such_a_file_is_not_walked(tmp_path: Path) -> None:
    (tmp_path / temporary_name("a")).write_text("half")
    (tmp_path / ".coco-a.tmp").write_text("text")
    assert [key for key, _ in localfs.walk_dir(tmp_path).items()] == [".coco-a.tmp"]


def test_a_failed_call_leaves_none(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/theirs").touch()
    with pytest.raises(FileTargetError, match=re.escape(str(tmp_path / "d"))):
        apply(*(file(tmp_path, str(number)) for number in range(5)), file(tmp_path, "d"))
    assert tree(tmp_path) == {"d": "/", "d/theirs": ""}
