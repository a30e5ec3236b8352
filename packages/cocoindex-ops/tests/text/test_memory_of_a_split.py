"""The memory that splitting takes is bounded, also if a parser keeps several interpretations of the text."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource
from cocoindex.ops.text import RecursiveSplitter

RecursiveSplitter().split("a b\\n" * 2000, 200, language="r")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for end in ("a", "a:", "a:_parameter_name", "a:_parameter_name/", "a:_parameter_name/*", "a:_parameter_name/*@"):
    RecursiveSplitter().split("?a:_parameter_name/*@" * 12_000 + "?" + end, 1000, language="r")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss differs")
def test_megabytes() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 200
