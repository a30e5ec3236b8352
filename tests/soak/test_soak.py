"""Whatever happens to a folder and to the programs that watch it, its targets end as a rebuild has them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SECONDS = 20


def test_targets_follow_a_folder_through_kills_and_restarts() -> None:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("soak.py")), str(SECONDS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
