"""Every import line of the SDK overview works as it stands there, and loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys

IMPORTS = """
import cocoindex as coco
from cocoindex.connectors import localfs, postgres
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
from cocoindex.resources.file import FileLike, PatternFilePathMatcher
from cocoindex.resources.chunk import Chunk
from cocoindex.resources.file import FileLike
"""

CHECK = """
import sys
assert not {"torch", "sentence_transformers", "numpy"} & set(sys.modules)
"""


def test_every_import_line() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTS + CHECK], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
