"""A small update that is not live, and removes nothing, loads neither live mode nor what removes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

CODE = """
import json, sys
import cocoindex as coco

@coco.fn(memo=True)
async def child(item: int) -> None: ...

@coco.fn
async def main() -> None:
    await coco.mount_each(child, [(1, 1), (2, 2)])

coco.App("small", main).update_blocking()
print(json.dumps([name for name in sys.modules if name.startswith("cocoindex.")]))
"""

LATER = (
    "cocoindex._engine.drop",
    "cocoindex._engine.removal",
    "cocoindex._engine.sweep",
    "cocoindex._function.batch_signature",
    "cocoindex._function.batching",
    "cocoindex._live.generation",
    "cocoindex._live.loop",
    "cocoindex._live.range",
    "cocoindex._live.view",
    "cocoindex._runtime.running_component",
)


def test_neither_live_mode_nor_removals_are_loaded(tmp_path: Path) -> None:
    environment = {**os.environ, "COCOINDEX_DB": str(tmp_path / "db")}
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=environment)
    loaded = json.loads(done.stdout)
    assert "cocoindex._engine.component" in loaded
    assert [name for name in LATER if name in loaded] == []
