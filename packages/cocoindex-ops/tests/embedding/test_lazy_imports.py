"""Neither importing the module nor making an embedder loads numpy, torch or a model; what is missing is named."""

from __future__ import annotations

import subprocess
import sys


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_nothing_heavy_is_imported_before_use() -> None:
    assert (
        run(
            "import sys\n"
            "from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder\n"
            "SentenceTransformerEmbedder('a/model')\n"
            "print([name for name in ('numpy', 'torch', 'sentence_transformers') if name in sys.modules])"
        )
        == "[]"
    )


def test_a_missing_extra_is_an_error_that_says_what_to_install() -> None:
    message = run(
        "import asyncio, sys\n"
        "sys.modules['sentence_transformers'] = None\n"
        "from cocoindex.errors import MissingExtraError\n"
        "from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder\n"
        "try: asyncio.run(SentenceTransformerEmbedder('a/model').embed('text'))\n"
        "except MissingExtraError as error: print(isinstance(error, ImportError), error)"
    )
    assert message.startswith("True ")
    assert "cocoindex-ops[sentence-transformers]'" in message
