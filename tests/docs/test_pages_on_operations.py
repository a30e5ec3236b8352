"""The examples of the pages on operations run as they stand, each page a program, but for those that need a model."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import pytest

PAGES = sorted((pathlib.Path(__file__).parents[2] / "docs" / "ops").glob("*.md"))
BLOCK = re.compile(r"^(<!-- not run: [^>]+ -->\n)?```python\n(.*?)^```", re.MULTILINE | re.DOTALL)

RESOLVE = """
import asyncio
import numpy as np
class Letters:
    async def embed(self, text):
        return np.bincount([ord(letter) % 32 for letter in text], minlength=32).astype(np.float32)
async def same_first_word(entity, candidates):
    from cocoindex.ops.entity_resolution import CanonicalSide, PairDecision
    for candidate in candidates:
        if candidate.split()[0] == entity.split()[0]:
            return PairDecision(matched=candidate, canonical=CanonicalSide.MATCHED)
    return PairDecision()
names = {"Microsoft", "Microsoft Corp.", "OpenAI"}
result = asyncio.run(resolve_entities(names, embedder=Letters(), resolve_pair=same_first_word, max_distance=1.0))
"""
CHECK = """
assert result.canonical_of("Microsoft Corp.") == "Microsoft"
assert result.canonicals() == {"Microsoft", "OpenAI"}
assert result.groups() == {"Microsoft": {"Microsoft", "Microsoft Corp."}, "OpenAI": {"OpenAI"}}
assert result.to_dict() == {"Microsoft": None, "Microsoft Corp.": "Microsoft", "OpenAI": None}
assert asyncio.run(same_but_for_case("ADA", ["Grace", "Ada"])).matched == "Ada"
"""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_run(page: pathlib.Path, tmp_path: pathlib.Path) -> None:
    blocks = [code for why, code in BLOCK.findall(page.read_text()) if not why]
    if page.stem == "entity_resolution":
        blocks = [blocks[0], RESOLVE, *blocks[1:], CHECK]
    (tmp_path / "program.py").write_text("\n".join(blocks))
    done = subprocess.run(
        [sys.executable, "program.py"], capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
