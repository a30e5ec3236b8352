"""Text is read in the encoding that the byte order mark names, and the mark is no part of it."""

import codecs

import pytest

from cocoindex.resources.file._decode import decode

MARKED = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
]


@pytest.mark.parametrize(("mark", "encoding"), MARKED)
@pytest.mark.parametrize("text", ["", "h", "Grüße 🎉\r\n"])
def test_a_mark_decides(mark: bytes, encoding: str, text: str) -> None:
    assert decode(mark + text.encode(encoding), None, "strict") == text


def test_without_a_mark_it_is_utf_8_and_line_ends_stay() -> None:
    assert decode("é\r\n\r".encode(), None, "strict") == "é\r\n\r"


def test_what_cannot_be_decoded_is_treated_as_asked() -> None:
    assert decode(b"h\xffi", None, "replace") == "h�i"
    assert decode(b"h\xffi", None, "ignore") == "hi"
    with pytest.raises(UnicodeDecodeError):
        decode(b"h\xffi", None, "strict")
    with pytest.raises(UnicodeDecodeError):
        decode(codecs.BOM_UTF16_LE + b"h", None, "strict")


def test_an_encoding_that_is_given_overrules_the_mark() -> None:
    assert decode(codecs.BOM_UTF8 + b"a", "utf-8", "strict") == "\ufeffa"
    assert decode(b"\xe9", "latin-1", "strict") == "é"
