from __future__ import annotations

import datetime
import enum
import pathlib
from typing import Any

import pytest

from cocoindex._keys import StablePath, Symbol, encode_key
from cocoindex.errors import CocoIndexError, InvalidStableKeyError


class Plain(enum.Enum):
    A = 1


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.5, r"1\.5 \(float\).*str\(value\)"),
        (pathlib.PurePosixPath("a/b"), r"PurePosixPath.*as_posix"),
        ([1], r"\[1\] \(list\).*tuple\(value\)"),
        ({"a": 1}, r"\(dict\).*sorted\(value\.items\(\)\)"),
        ({1}, r"\(set\).*tuple\(sorted"),
        (bytearray(b"x"), r"\(bytearray\).*bytes\(value\)"),
        (Plain.A, r"\(Plain\).*\.value"),
        (datetime.date(2024, 1, 2), r"\(date\).*isoformat"),
        (Unprintable(), r"\(Unprintable\).*what identifies it"),
        (StablePath(), r"\(StablePath\)"),
        (("a", ("b", 1.5)), r"in the key \('a', \('b', 1\.5\)\): 1\.5 \(float\)"),
    ],
)
def test_the_error_names_value_and_type_and_says_what_to_use(value: Any, said: str) -> None:
    with pytest.raises(InvalidStableKeyError, match=said) as caught:
        encode_key(value)
    assert "allowed are None, bool, int, str, bytes, uuid.UUID, Symbol and tuples" in str(caught.value)
    assert isinstance(caught.value, TypeError) and isinstance(caught.value, CocoIndexError)
    with pytest.raises(InvalidStableKeyError):
        StablePath() / value


def test_a_long_value_is_shortened() -> None:
    with pytest.raises(InvalidStableKeyError) as caught:
        encode_key(list(range(100_000)))  # type: ignore[arg-type]  # refused on purpose
    assert len(str(caught.value)) < 400


def test_tuples_nested_too_deeply() -> None:
    deep: Any = ()
    for _ in range(99):
        deep = (deep,)
    encode_key(deep)
    with pytest.raises(InvalidStableKeyError, match="100 deep"):
        encode_key((deep,))


def test_a_symbol_of_something_else() -> None:
    with pytest.raises(InvalidStableKeyError, match=r"not by 1 \(int\)"):
        Symbol(1)  # type: ignore[arg-type]  # refused on purpose


@pytest.mark.parametrize("wrong", [None, 5, "files", b"files", {"files": 1}, StablePath])
def test_one_part_in_place_of_a_list_of_parts(wrong: Any) -> None:
    with pytest.raises(InvalidStableKeyError, match=r"StablePath\.from_parts\(\) takes a list of parts, not"):
        StablePath.from_parts(wrong)
    assert StablePath.from_parts(iter(["files", 1])) == StablePath() / "files" / 1
