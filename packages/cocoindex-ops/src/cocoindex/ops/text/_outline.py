"""Finds cuts of code by the indentation of its lines, for languages without a grammar. Ops layer."""

from __future__ import annotations

import re

from ._cut import BLOCK, LINE, Cut
from ._prose import Prose

# A piece may not begin with a line that closes or continues the block above it.
_OPENING_LINE = re.compile(
    rb"\n([ \t]*)(?=[^\s)\]}])(?!(?:end|fi|done|esac|else|elif|elsif|then|do|begin|except|catch|finally|rescue)\b)"
)
_BLANK_BEFORE = re.compile(rb"\n[ \t\r]*\Z")


class Outline(Prose):
    """Finds the cuts of a text whose structure shows in the indentation of its lines."""

    def best_line(self, lo: int, hi: int) -> Cut | None:
        """Return the cut before the last of the least indented lines, preferably of those after a blank line."""
        best: Cut | None = None
        least = (1 << 62, 0)
        for line in _OPENING_LINE.finditer(self._data, lo, min(hi + 256, len(self._data))):
            at = line.start()
            if at > hi:
                break
            rank = BLOCK if _BLANK_BEFORE.search(self._data, max(at - 64, 0), at) else LINE
            order = (line.end(1) - line.start(1), rank)
            if order <= least:
                least = order
                best = Cut(at, at + 1, rank, order[0])
        return best or super().best_line(lo, hi)
