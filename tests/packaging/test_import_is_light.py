"""`import cocoindex` loads the runtime's names and nothing else: no connector, op, CLI or heavy library, no thread."""

from __future__ import annotations

import json
import subprocess
import sys

CODE = """
import json, sys, threading
before = set(sys.modules)
import cocoindex
print(json.dumps([sorted(set(sys.modules) - before), threading.active_count()]))
"""

UNWANTED = (
    "anyio",
    "click",
    "cocoindex.cli",
    "cocoindex.connectors",
    "cocoindex.ops",
    "cocoindex.plugins",
    "cocoindex.resources",
    "dotenv",
    "importlib.metadata",
    "numpy",
    "pytest",
    "rich",
    "tree_sitter",
)


def test_nothing_unwanted_is_imported_and_no_thread_started() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    modules, threads = json.loads(done.stdout)
    found = [name for name in modules if name in UNWANTED or name.startswith(tuple(f"{each}." for each in UNWANTED))]
    assert not found
    assert threads == 1
