"""The memory of the process does not grow with how much was split, in grammars' own code either."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from pathlib import Path
from cocoindex.ops.text import RecursiveSplitter

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

language, piece = sys.argv[1:]
text, splitter = piece * 150, RecursiveSplitter()
for _ in range(20):
    splitter.split(text, 1000, language=language)
before = resident()
for _ in range(200):
    splitter.split(text, 1000, language=language)
print((resident() - before) / (200 * len(text)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("language", "piece"),
    [
        ("svelte", "<h1 class=a on:click={() => f(x)}>Hello {name}!</h1>\n{#if x > 1}\n  <p>{x}</p>\n{/if}\n"),
        ("vue", "<div :a='b'>Hello {{ name }}<p>text</p></div>\n"),
        ("scala", "object O { def f(a: Int): Int = a + 1 }\n"),
        ("yaml", "a:\n  - b: c\n"),
    ],
)
def test_bytes_that_are_kept_for_a_byte_that_was_split(language: str, piece: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, language, piece], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.5


MATCHING = PROGRAM.replace("text, splitter = piece * 150, RecursiveSplitter()", "text = piece * 150").replace(
    "splitter.split(text, 1000, language=language)", 'match_code("<p>\\\\X</p>", text, language)'
)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("language", ["svelte", "vue"])
def test_bytes_that_are_kept_for_a_byte_that_was_searched(language: str) -> None:
    program = MATCHING.replace("text import RecursiveSplitter", "code import match_code")
    piece = "<p>Hello {name}!</p>\n<p class='a'>x</p>\n"
    done = subprocess.run([sys.executable, "-c", program, language, piece], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.5
