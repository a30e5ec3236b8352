"""`import cocoindex` gives the names and leaves the rest: loop, engine and store are loaded by what first uses them."""

from __future__ import annotations

import json
import subprocess
import sys

CODE = """
import json, sys
before = set(sys.modules)
import cocoindex
print(json.dumps(sorted(set(sys.modules) - before)))
"""

LATER = (
    "asyncio",
    "cocoindex._engine",
    "cocoindex._inspect",
    "cocoindex._progress.report",
    "cocoindex._store",
    "concurrent.futures",
    "dataclasses",
    "json",
    "lmdb",
    "pathlib",
    "pickle",
    "ssl",
    "subprocess",
)


def test_what_a_run_needs_is_not_imported_with_the_names() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)
    assert [name for name in loaded if name in LATER or name.startswith(tuple(f"{each}." for each in LATER))] == []
