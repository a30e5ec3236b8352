"""What the extra `text` brings besides core stays small: prose and Markdown need no grammars."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Env

pytestmark = pytest.mark.distributions

MOST = 5_000_000
"""Bytes, as the page on operations says. 30 MB are what it must never reach."""

_SITE = "import sysconfig; print(sysconfig.get_path('platlib'))"


def weigh(env: Env) -> int:
    """The bytes of all files that are installed."""
    return sum(file.stat().st_size for file in Path(env.run("-c", _SITE).strip()).rglob("*") if file.is_file())


def test_megabytes_beside_core(env: Env) -> None:
    env.install("cocoindex-core")
    core = weigh(env)
    env.install("cocoindex-core[text]")
    text = weigh(env) - core
    assert 0 < text < MOST
    env.run("-c", "from cocoindex.ops.text import RecursiveSplitter; RecursiveSplitter().split('a. ' * 900, 99)")
