"""Importing the resources imports no numpy and no connector."""

import subprocess
import sys

MODULES = ["chunk", "embedder", "file", "id", "rate_limit", "schema", "view"]


def test_what_is_imported() -> None:
    code = "\n".join(
        [
            "import sys",
            *(f"import cocoindex.resources.{module}" for module in MODULES),
            "print(*[m for m in sys.modules if m == 'numpy' or m.startswith('cocoindex.connectors')])",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_an_object_with_embed_is_an_embedder() -> None:
    from cocoindex.resources.embedder import Embedder

    class Model:
        async def embed(self, text: str) -> list[float]:
            return [float(len(text))]

    assert isinstance(Model(), Embedder)
    assert not isinstance(3, Embedder)
