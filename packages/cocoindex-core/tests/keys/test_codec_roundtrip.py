from __future__ import annotations

import enum
import uuid
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex._keys import StableKey, Symbol, decode_key, decode_parts, encode_key, encode_parts
from cocoindex.errors import MalformedKeyError

Keys = st.SearchStrategy[StableKey]


def identical(one: object, other: object) -> bool:
    """Tell apart what Python calls equal, such as 1 and True."""
    return one == other and repr(one) == repr(other)


@given(st.data())
def test_a_key_comes_back_with_its_type(keys: Keys, data: st.DataObject) -> None:
    key = data.draw(keys)
    assert identical(decode_key(encode_key(key)), key)


@given(st.data())
def test_parts_come_back_with_their_borders(keys: Keys, data: st.DataObject) -> None:
    parts = data.draw(st.lists(keys))
    assert identical(decode_parts(encode_parts(parts)), parts)


@given(st.data())
def test_no_encoding_begins_another(keys: Keys, data: st.DataObject) -> None:
    one, other = data.draw(keys), data.draw(keys)
    assert encode_key(other).startswith(encode_key(one)) == identical(one, other)


def test_look_alikes_differ() -> None:
    alike: list[StableKey] = [
        *(None, False, 0, "", b"", (), Symbol(""), uuid.UUID(int=0), "0", b"0", (0,), ("",), ((),), Symbol("0"), "\0"),
        *(True, 1, "1", b"1", (1,), ("1",), (True,), ((1,),), Symbol("1"), uuid.UUID(int=1), -1, "\1", b"\1"),
        *("a", "a\0", "a\0b", "a\1", "a\1\1", ("a", "b"), ("ab",), (("a",), "b"), ("a", ("b",)), "None", "null"),
        *("\ud83d\ude00", "😀", 2**64, -(2**64), str(2**64)),
    ]
    assert len({encode_key(key) for key in alike}) == len(alike)


@pytest.mark.parametrize("unit", ["x", "é", "\0", "\1"])
def test_a_key_of_100_kilobytes(unit: str) -> None:
    text = unit * 100_000
    for key in (text, text.encode(), Symbol(text), (text, 1)):
        assert decode_key(encode_key(key)) == key


class Color(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = -7


class Point(NamedTuple):
    x: int
    name: str


class Loud(str):
    def __str__(self) -> str:
        return "loud"


@pytest.mark.parametrize(
    ("key", "base"), [(Color.RED, "red"), (Level.HIGH, -7), (Point(1, "a"), (1, "a")), (Loud("quiet"), "quiet")]
)
def test_subclasses_are_encoded_as_their_base(key: StableKey, base: StableKey) -> None:
    assert identical(decode_key(encode_key(key)), base)
    assert identical(decode_key(encode_key((key,))), (base,))


@given(st.binary())
def test_any_bytes_decode_or_are_refused(data: bytes) -> None:
    try:
        parts = decode_parts(data)
    except MalformedKeyError:
        return
    assert all(decode_key(encode_key(part)) == part for part in parts)


@given(st.data())
def test_a_cut_key_is_refused(keys: Keys, data: st.DataObject) -> None:
    encoded = encode_key(data.draw(keys))
    with pytest.raises(MalformedKeyError):
        decode_key(encoded[: data.draw(st.integers(0, len(encoded) - 1))])


def test_a_decoder_called_near_the_recursion_limit_finds_no_damage() -> None:
    data = encode_key(((((("deep",),),),),))
    raised: list[BaseException] = []

    def deeper() -> None:
        try:
            deeper()
            decode_key(data)
        except BaseException as exc:
            raised.append(exc)
            raise

    with pytest.raises(RecursionError):
        deeper()
    assert {type(error) for error in raised} == {RecursionError}


def test_tuples_that_nest_deeper_than_any_key_are_malformed() -> None:
    with pytest.raises(MalformedKeyError, match="nests more than 100 tuples"):
        decode_key(encode_key(((),))[:1] * 5000)
