"""`cocoindex.connectorkits` is there without an import of its own, and costs nothing before it is used."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
import cocoindex as coco
assert "cocoindex.connectorkits" not in sys.modules
assert coco.connectorkits.fingerprint.fingerprint_str("a") == coco.connectorkits.fingerprint_str("a")
try:
    coco.no_such_name
except AttributeError as error:
    print(error)
"""


def test_it_is_loaded_when_it_is_used() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout == "module 'cocoindex' has no attribute 'no_such_name'\n"
