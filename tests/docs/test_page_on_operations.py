"""The examples of the page on operations run as they stand, in one program, but for those that need a model."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "ops.md"
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


def test_the_examples_run(tmp_path: pathlib.Path) -> None:
    blocks = [code for why, code in BLOCK.findall(PAGE.read_text()) if not why]
    at = next(number for number, code in enumerate(blocks) if code.startswith("result."))
    program = "\n".join([*blocks[:at], RESOLVE, *blocks[at:], CHECK])
    (tmp_path / "program.py").write_text(program)
    done = subprocess.run(
        [sys.executable, "program.py"], capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
