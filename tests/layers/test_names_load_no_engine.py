"""`import cocoindex` gives the names and leaves the rest, as what needs it loads it: loop, engine, store, live mode."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

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
    "cocoindex._progress.stats",
    "cocoindex._store",
    "concurrent.futures",
    "dataclasses",
    "json",
    "lmdb",
    "logging",
    "pathlib",
    "pickle",
    "ssl",
    "subprocess",
    "traceback",
)

UPDATE = """
import json, sys
before = set(sys.modules)
import cocoindex as coco

@coco.fn
async def main() -> None: ...

coco.App("app", main).update_blocking()
print(json.dumps(sorted(set(sys.modules) - before)))
"""

NOT_FOR_UPDATES = (
    "cocoindex._live.component",
    "cocoindex._live.loop",
    "cocoindex._progress.report",
    "cocoindex._runners",
    "pathlib",
    "pickle",
    "urllib",
)


def test_what_a_run_needs_is_not_imported_with_the_names() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert loaded_of(LATER, done.stdout) == []


def test_an_update_loads_what_it_needs(tmp_path: Path) -> None:
    env = {**os.environ, "COCOINDEX_DB": str(tmp_path / "db")}
    done = subprocess.run([sys.executable, "-c", UPDATE], capture_output=True, text=True, check=True, env=env)
    assert loaded_of(NOT_FOR_UPDATES, done.stdout) == []


def loaded_of(unwanted: tuple[str, ...], loaded: str) -> list[str]:
    """The modules of a list of them that are, or are in, one that is not to be loaded."""
    return [
        name for name in json.loads(loaded) if name in unwanted or name.startswith(tuple(f"{one}." for one in unwanted))
    ]
