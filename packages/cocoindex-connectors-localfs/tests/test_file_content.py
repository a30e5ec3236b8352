"""A file's content is bytes, or text that is written in UTF-8."""

import pytest

from cocoindex.connectors.localfs._entry import as_content
from cocoindex.resources.file.errors import InvalidFileContentError


def test_bytes_and_text() -> None:
    assert as_content(b"\xff", "a") == b"\xff"
    assert as_content("é\r\n", "a") == "é\r\n".encode()


@pytest.mark.parametrize("content", [None, 3, bytearray(b"x"), ["x"]])
def test_anything_else_is_refused(content: object) -> None:
    with pytest.raises(InvalidFileContentError, match=r"'out/a' is a .*; give bytes or a str"):
        as_content(content, "out/a")  # type: ignore[arg-type]  # what is tested
    with pytest.raises(TypeError):
        as_content(content, "out/a")  # type: ignore[arg-type]  # what is tested


def test_text_that_utf_8_cannot_hold_is_refused() -> None:
    with pytest.raises(InvalidFileContentError, match="encode it to bytes yourself"):
        as_content("\udcff", "a")
