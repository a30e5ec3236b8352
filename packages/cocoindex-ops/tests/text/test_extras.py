"""Splitting text takes a few MB: parsers and grammars come with an extra of their own."""

from __future__ import annotations

import re
from importlib.metadata import requires


def asked_for(extra: str) -> set[str]:
    found = [re.match(r"[\w-]+", each) for each in requires("cocoindex-ops") or () if f"extra == '{extra}'" in each]
    return {name[0] for name in found if name}


def test_the_extra_of_texts_brings_no_grammars() -> None:
    assert asked_for("text") <= {"regex"}


def test_the_extra_of_code_brings_them() -> None:
    assert asked_for("code") == {"tree-sitter", "tree-sitter-language-pack"}
