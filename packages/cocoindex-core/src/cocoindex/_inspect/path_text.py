"""The texts of many paths, one after the other. Layer: _inspect."""

from __future__ import annotations

from .._keys import StablePath, decode_parts, encode_key
from .._keys._render_key import render_key


class PathTexts:
    """Renders paths of which each mostly begins as the one before it does, as in a walk over a tree.

    What two have in common is not rendered again, so that the text of a path costs as much as copying it.
    """

    def __init__(self) -> None:
        self._encoded = b""
        self._text = ""
        self._ends = [(0, 0)]

    def text(self, path: StablePath) -> str:
        """Return what `str(path)` is."""
        self._go_to(path)
        return self._text or "/"

    def depth(self, path: StablePath) -> int:
        """Return how many parts a path has."""
        self._go_to(path)
        return len(self._ends) - 1

    def _go_to(self, path: StablePath) -> None:
        while not path.encoded.startswith(self._encoded[: self._ends[-1][0]]):
            self._ends.pop()
        encoded, text = self._ends[-1]
        fresh = decode_parts(path.encoded[encoded:])
        rendered = [f"/{render_key(part)}" for part in fresh]
        self._text = self._text[:text] + "".join(rendered)
        self._encoded = path.encoded
        for part, shown in zip(fresh, rendered, strict=True):
            encoded, text = encoded + len(encode_key(part)), text + len(shown)
            self._ends.append((encoded, text))
