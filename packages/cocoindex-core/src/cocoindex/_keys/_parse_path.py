"""Parses the text form of a path, as printed by `str(path)` and accepted by the command line.

Layer `_keys`.
"""

from __future__ import annotations

import re
import uuid
from typing import Final, NoReturn

from cocoindex.errors import StablePathSyntaxError

from ._render_key import PLAIN_SYMBOL
from ._stable_key import StableKey
from ._stable_path import ROOT_PATH, StablePath
from ._symbol import Symbol
from ._tags import MAX_DEPTH

# Compiled when they are first used: few programs read paths.
_QUOTED: Final = r'(?s)"([^"\\]*(?:\\.[^"\\]*)*)"'
_ESCAPE: Final = r"""(?s)\\(?:u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|(["'\\trn])|(.))"""
_LETTERS: Final = {"t": "\t", "r": "\r", "n": "\n"}
_WORD: Final = r"[^/,\[\]]*"
_UUID: Final = r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_INT: Final = r"(?ia)-?(?:0x[0-9a-f]+|[0-9]+)"
_CONSTANTS: Final[dict[str, StableKey]] = {"null": None, "true": True, "false": False}


def parse_stable_path(text: str) -> StablePath:
    r"""Return the path with the text form `text`, such as `/"files"/"a.txt"/1/@setup/["a",2]`; `/` is the root.

    A word after a symbol, as in `/@cocoindex/localfs/"a"`, belongs to its name.

    Characters beyond ASCII may stand in quotes as they are, or as `\u{e9}`.

    Raises:
        StablePathSyntaxError: the text is not a path; the message says where it stops being one.
    """
    if text == "/":
        return ROOT_PATH
    return StablePath.from_parts(_Reader(text).path())


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def path(self) -> list[StableKey]:
        if not self._text.startswith("/"):
            self._fail("a path begins with '/'")
        parts: list[StableKey] = []
        while self._at < len(self._text):
            if not self._take("/"):
                self._fail("expected '/' or the end")
            parts.append(self._key(0))
        return parts

    def _key(self, depth: int) -> StableKey:
        if self._take("["):
            return self._tuple(depth)
        if self._take("@"):
            return Symbol(self._string() if self._next() == '"' else self._match(PLAIN_SYMBOL))
        if self._next() == '"':
            return self._string()
        if self._take('b"'):
            self._at -= 1
            return self._bytes()
        return self._word()

    def _tuple(self, depth: int) -> tuple[StableKey, ...]:
        if depth >= MAX_DEPTH:
            self._fail(f"tuples nest at most {MAX_DEPTH} deep")
        parts: list[StableKey] = []
        while not self._take("]"):
            if parts and not self._take(","):
                self._fail("expected ',' or ']'")
            parts.append(self._key(depth + 1))
        return tuple(parts)

    def _word(self) -> StableKey:
        start = self._at
        word = self._match(_WORD)
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        if re.fullmatch(_UUID, word):
            return uuid.UUID(word)
        if re.fullmatch(_INT, word):
            return self._int(word, start)
        return self._fail(f"{word!r} is no key; a string stands in quotes" if word else "expected a key", start)

    def _int(self, word: str, start: int) -> int:
        try:
            return int(word, 16 if "x" in word.lower() else 10)
        except ValueError:  # Python's limit on decimal digits
            self._fail("an integer of this length must be written in hexadecimal, as 0x…", start)

    def _string(self) -> str:
        return self._unescape("u")

    def _bytes(self) -> bytes:
        start = self._at
        try:
            return self._unescape("x").encode("latin-1")
        except UnicodeEncodeError:
            self._fail("bytes are written in ASCII and \\x00 to \\xff", start)

    def _unescape(self, numeric: str) -> str:
        start = self._at
        match = re.compile(_QUOTED).match(self._text, start)
        if match is None:
            self._fail("the quotes are not closed")
        self._at = match.end()

        def replace(escape: re.Match[str]) -> str:
            code = escape[1] if numeric == "u" else escape[2]
            if escape[3]:
                return _LETTERS.get(escape[3], escape[3])
            if code is None or int(code, 16) > 0x10FFFF:
                self._fail(f"unknown escape {escape[0]}", start + 1 + escape.start())
            return chr(int(code, 16))

        return re.sub(_ESCAPE, replace, match[1])

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, token: str) -> bool:
        if not self._text.startswith(token, self._at):
            return False
        self._at += len(token)
        return True

    def _match(self, pattern: str) -> str:
        match = re.compile(pattern).match(self._text, self._at)
        assert match is not None  # both patterns match the empty string
        self._at = match.end()
        return match[0]

    def _fail(self, why: str, at: int | None = None) -> NoReturn:
        where = self._at if at is None else at
        raise StablePathSyntaxError(
            f"{self._text!r} is not a stable path, at character {where + 1}: {why}. Paths look like"
            ' /"files"/"a.txt"/1/@setup; in a shell, put the whole path in single quotes'
        )
