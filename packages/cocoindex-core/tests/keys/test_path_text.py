from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex._keys import ROOT_PATH, StableKey, StablePath, Symbol, parse_stable_path
from cocoindex.errors import StablePathSyntaxError


# What cocoindex 1.0.26 prints for each.
@pytest.mark.parametrize(
    ("key", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (-5, "-5"),
        ("a", '"a"'),
        ("", '""'),
        ("a/b", '"a/b"'),
        ('a"b', r'"a\"b"'),
        ("a'b", r'"a\'b"'),
        ("a\n\t\r\\", r'"a\n\t\r\\"'),
        ("é日\0\x7f😀", r'"\u{e9}\u{65e5}\u{0}\u{7f}\u{1f600}"'),
        (b"abc", 'b"abc"'),
        (b"\0\xff\"'\\\n", r"""b"\x00\xff\"\'\\\n" """.strip()),
        (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (Symbol("a b"), "@a b"),
        (Symbol(""), "@"),
        (Symbol('a"b'), '@a"b'),
        (Symbol("é"), "@é"),
        (Symbol("cocoindex/localfs"), "@cocoindex/localfs"),
        (Symbol("a/b/c.d"), "@a/b/c.d"),
        (("a", Symbol("x/y")), '["a",@x/y]'),
        ((), "[]"),
        ((1, "a", None, True, b"z", Symbol("s"), (2, ("q",))), '[1,"a",null,true,b"z",@s,[2,["q"]]]'),
    ],
)
def test_text_of_each_kind(key: StableKey, text: str) -> None:
    path = StablePath() / key
    assert str(path) == repr(path) == "/" + text
    assert str(path / key) == f"/{text}/{text}"


@given(st.data())
def test_parsing_is_the_inverse_of_printing(keys: st.SearchStrategy[StableKey], data: st.DataObject) -> None:
    path = StablePath.from_parts(data.draw(st.lists(keys, max_size=5)))
    assert parse_stable_path(str(path)) == path


@pytest.mark.parametrize(
    "name",
    ["a/", "a/1", "a/-1", "a/null", "a/true/b", "/", "a//b", 'a/"b', "a/@b", "a/[b", 'a/b"c', f"a/{uuid.UUID(int=5)}"],
)
def test_a_symbol_of_which_a_part_could_be_a_key_stands_in_quotes(name: str) -> None:
    path = StablePath() / Symbol(name)
    assert str(path).startswith('/@"')
    assert parse_stable_path(str(path)) == path


@given(
    st.lists(st.sampled_from(["a", "null", "nullx", "1", "b", 'b"', "@", "[", "]", ",", "", "e" * 8 + "-", "é", "_"]))
)
def test_symbols_of_several_parts_are_read_back(parts: list[str]) -> None:
    symbol = Symbol("/".join(parts))
    path = StablePath.from_parts(
        [symbol, "null", None, uuid.UUID("e" * 32), b"b", (symbol, symbol, 1, True), symbol, symbol]
    )
    assert parse_stable_path(str(path)) == path


def test_a_symbol_in_quotes_is_read_also_where_it_needs_none() -> None:
    assert parse_stable_path('/@cocoindex/localfs/"a"') == StablePath() / Symbol("cocoindex/localfs") / "a"


def test_symbols_that_would_be_mistaken_stand_in_quotes() -> None:
    assert str(StablePath() / (Symbol("a,b"), Symbol("]"))) == '/[@"a,b",@"]"]'


def test_integers_beyond_the_limit_of_decimal_digits() -> None:
    path = StablePath() / 10**5000 / -(10**5000)
    assert parse_stable_path(str(path)) == path


def test_what_people_type() -> None:
    assert parse_stable_path('/"files"/"日本.txt"') == StablePath() / "files" / "日本.txt"
    assert parse_stable_path("/") == ROOT_PATH


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "character 1: a path begins with '/'"),
        ('"a"', "begins with '/'"),
        ("/files", "character 2: 'files' is no key; a string stands in quotes"),
        ('/"a"/', "character 6: expected a key"),
        ('/"a', "character 2: the quotes are not closed"),
        ('/"a"x', r"expected '/' or the end"),
        ("/[1", r"expected ',' or '\]'"),
        ("/[1,]", "expected a key"),
        (r'/"a\q"', r"character 4: unknown escape \\q"),
        (r'/"\u{110000}"', "unknown escape"),
        (r'/"\x00"', "unknown escape"),
        ('/b"é"', None),
        ('/b"日"', "bytes are written in ASCII"),
        ("/" + "[" * 5000, "nest at most 100 deep"),
        ("/" + "1" * 5000, "hexadecimal"),
        ("/1.5", "'1.5' is no key"),
        ("//", "expected a key"),
    ],
)
def test_text_that_is_no_path(text: str, said: str | None) -> None:
    if said is None:
        assert parse_stable_path(text) == StablePath() / "é".encode("latin-1")
        return
    with pytest.raises(StablePathSyntaxError, match=said):
        parse_stable_path(text)
