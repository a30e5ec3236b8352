"""The language of a file is told by its extension, and is one that the splitter takes."""

from __future__ import annotations

from typing import Any

import pytest

from cocoindex.ops.text import detect_code_language
from cocoindex.ops.text.errors import SplitterArgumentError


@pytest.mark.parametrize(
    ("filename", "language"),
    [
        ("main.py", "python"),
        ("app.rs", "rust"),
        ("A.PY", "python"),
        (".py", "python"),
        ("a/b.c/x.TSX", "tsx"),
        ("x\\y.rs", "rust"),
        ("a.cs", "csharp"),
        ("a.h", "cpp"),
        ("a.jsonc", "json"),
        ("a.R", "r"),
        ("notes.md", "markdown"),
        ("a.ex", "elixir"),
        ("unknown.xyz", None),
        ("py", None),
        ("archive.tar.gz", None),
        ("Makefile", None),
        ("x.py/y", None),
        ("a.", None),
        ("a.py ", None),
        ("", None),
    ],
)
def test_detect(filename: str, language: str | None) -> None:
    assert detect_code_language(filename=filename) == language


@pytest.mark.parametrize("filename", [None, b"a.py"])
def test_wrong_types(filename: Any) -> None:
    with pytest.raises(SplitterArgumentError, match="filename") as caught:
        detect_code_language(filename=filename)
    assert isinstance(caught.value, TypeError)
