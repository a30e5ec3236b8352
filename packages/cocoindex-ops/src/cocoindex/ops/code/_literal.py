"""The literal code in a pattern, which a source must contain; whitespace and comments may differ. Ops layer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..text.syntax_walk import BLANKS

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Literal:
    """Code that must occur in the source; it need not be split into tokens in the same way as in the source.

    Args:
        text: the code as written in the pattern.
        comments: the end of each of its comments, by beginning.
    """

    text: bytes
    comments: Mapping[int, int] = field(default_factory=dict)

    def skip(self, at: int) -> int:
        """Return the first position from `at` on that is neither whitespace nor in a comment."""
        while True:
            if (end := self.comments.get(at)) is not None:
                at = end
            elif (blanks := BLANKS.match(self.text, at)) is not None:
                at = blanks.end()
            else:
                return at

    @property
    def is_empty(self) -> bool:
        """Whether it contains only whitespace and comments."""
        return self.skip(0) >= len(self.text)

    def words(self) -> Iterator[str]:
        """Yield the words that every matching text contains."""
        at = 0
        for start, end in sorted(self.comments.items()):
            yield from _WORD.findall(self.text[at:start].decode())
            at = end
        yield from _WORD.findall(self.text[at:].decode())


def is_in_word(text: bytes, at: int) -> bool:
    """Say whether `at` lies inside a word."""
    return 0 < at < len(text) and all(
        byte >= 0x80 or chr(byte).isalnum() or byte == 0x5F for byte in text[at - 1 : at + 1]
    )
