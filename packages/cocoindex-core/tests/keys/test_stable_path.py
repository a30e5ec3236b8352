from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex._keys import ROOT_PATH, StableKey, StablePath, Symbol, encode_parts
from cocoindex.errors import InvalidStableKeyError


@given(st.data())
def test_the_ways_to_build_a_path_agree(keys: st.SearchStrategy[StableKey], data: st.DataObject) -> None:
    parts = data.draw(st.lists(keys, max_size=5))
    path = StablePath()
    for part in parts:
        path = path / part
    assert path == StablePath.from_parts(parts) == StablePath.from_encoded(encode_parts(parts))
    assert hash(path) == hash(StablePath.from_parts(parts))
    assert path.parts() == parts and repr(path.parts()) == repr(parts)


def test_root() -> None:
    assert StablePath() == ROOT_PATH and StablePath().parts() == [] and str(ROOT_PATH) == "/"


def test_paths_of_look_alikes_differ() -> None:
    root = StablePath()
    assert len({root / 1, root / True, root / "1", root / b"1", root / Symbol("1"), root / (1,), root / 1}) == 6
    assert root / "a" / "b" != root / ("a", "b")
    assert root.concat_part("a") == root / "a" != "/a"


def test_copies_and_changes() -> None:
    path = StablePath() / "a" / 1
    assert pickle.loads(pickle.dumps(path)) == path == copy.deepcopy(path)
    with pytest.raises(AttributeError, match="cannot be changed"):
        path.encoded = b""
    with pytest.raises(AttributeError, match="cannot be changed"):
        del path.encoded


def test_a_path_of_a_path_is_that_path() -> None:
    path = StablePath() / "a" / 1
    assert StablePath(path) == path and StablePath(path) / 2 == path / 2
    assert StablePath(StablePath()) == ROOT_PATH


@pytest.mark.parametrize("wrong", ["a", ("a",), ["a"], 1, "postgresql://user:secret@host"])
def test_a_path_is_made_of_nothing_else(wrong: object) -> None:
    with pytest.raises(InvalidStableKeyError, match="from_parts") as caught:
        StablePath(wrong)  # type: ignore[arg-type]  # the mistake under test
    assert "secret" not in str(caught.value)
