"""The texts of paths that come one after the other are those of each path by itself."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cocoindex._inspect.path_text import PathTexts
from cocoindex._keys import StablePath

keys = st.sampled_from([0, 1, "a", "ab", "", "é/", ("a", 1), True, None, b"x"])
paths = st.lists(keys, max_size=5).map(StablePath.from_parts)


@settings(deadline=None)
@given(st.lists(paths, max_size=12))
def test_in_any_order(walk: list[StablePath]) -> None:
    texts = PathTexts()
    for path in walk:
        assert texts.text(path) == str(path)
        parts = path.parts()
        assert texts.depth(path) == len(parts)
