"""An import of a connector or operation of ours that is not installed says which extra brings it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "src"
# Core alone, and the packages that it needs, whatever else is installed beside it.
ALONE = """
import sys
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in str(finder).lower()]
sys.path[:] = [CORE, *(path for path in sys.path if "/packages/cocoindex-" not in path)]
import cocoindex
cocoindex.__path__[:] = [CORE + "/cocoindex"]
"""


def run(code: str) -> str:
    program = ALONE.replace("CORE", repr(str(CORE))) + code
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("statement", "extra", "distribution"),
    [
        ("from cocoindex.connectors import postgres", "postgres", "cocoindex-connectors-postgres"),
        ("import cocoindex.connectors.amazon_s3", "amazon-s3", "cocoindex-connectors-amazon-s3"),
        ("from cocoindex.connectors.sqlite import mount_table_target", "sqlite", "cocoindex-connectors-sqlite"),
        ("from cocoindex.ops.text import RecursiveSplitter", "text", "cocoindex-ops[text]"),
        (
            "from cocoindex.ops import sentence_transformers",
            "sentence-transformers",
            "cocoindex-ops[sentence-transformers]",
        ),
        ("from cocoindex.resources.chunk import Chunk", "resources", "cocoindex-resources"),
    ],
)
def test_ours(statement: str, extra: str, distribution: str) -> None:
    said = run(f"try:\n {statement}\nexcept ImportError as error:\n print(type(error).__name__, error)")
    assert said.startswith("MissingExtraError ")
    assert "pip install " in said
    # Where core is that of a clone, no index need know the others.
    assert f"'cocoindex-core[{extra}]'" in said or distribution in said


@pytest.mark.parametrize(
    "statement", ["from cocoindex.connectors import acme", "import cocoindex.ops.nothing", "import cocoindex.nothing"]
)
def test_others_are_missing_as_any_module(statement: str) -> None:
    said = run(f"try:\n {statement}\nexcept ImportError as error:\n print(type(error).__name__, error)")
    assert "pip install" not in said
    assert said.startswith(("ImportError ", "ModuleNotFoundError "))


@pytest.mark.parametrize(
    ("statement", "meant"),
    [
        ("from cocoindex.connectors import postgress", "connectors.postgres"),
        ("from cocoindex.connectors import Postgres", "connectors.postgres"),
        ("import cocoindex.connectors.amazons3", "connectors.amazon_s3"),
        ("from cocoindex.ops.texts import RecursiveSplitter", "ops.text"),
        ("from cocoindex.resources import files", "resources.file"),
    ],
)
def test_one_that_is_misspelled(statement: str, meant: str) -> None:
    said = run(f"try:\n {statement}\nexcept ModuleNotFoundError as error:\n print(error)")
    assert f"did you mean 'cocoindex.{meant}'?" in said
