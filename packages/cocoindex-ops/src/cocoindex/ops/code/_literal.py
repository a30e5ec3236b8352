"""The code in a pattern, which a source must contain; blanks and comments may differ. Ops layer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..text.syntax_walk import BLANKS

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Literal:
    """Code that has to stand there. How a grammar cuts it into tokens is up to the source.

    Args:
        text: the code, as it is written in the pattern.
        comments: where each of its comments begins and ends.
    """

    text: bytes
    comments: Mapping[int, int] = field(default_factory=dict)

    def skip(self, at: int) -> int:
        """The next position that holds neither a blank nor a comment, at `at` or behind it."""
        while True:
            if (end := self.comments.get(at)) is not None:
                at = end
            elif (blanks := BLANKS.match(self.text, at)) is not None:
                at = blanks.end()
            else:
                return at

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it but blanks and comments."""
        return self.skip(0) >= len(self.text)

    def words(self) -> Iterator[str]:
        """The words that are in every text at which it stands."""
        at = 0
        for start, end in sorted(self.comments.items()):
            yield from _WORD.findall(self.text[at:start].decode())
            at = end
        yield from _WORD.findall(self.text[at:].decode())


def is_in_word(text: bytes, at: int) -> bool:
    """Whether a word goes on across `at`."""
    return 0 < at < len(text) and all(
        byte >= 0x80 or chr(byte).isalnum() or byte == 0x5F for byte in text[at - 1 : at + 1]
    )
