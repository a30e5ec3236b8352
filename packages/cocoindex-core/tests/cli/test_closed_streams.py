"""A command whose standard streams are closed does its work, and nothing is printed into the files that it opens."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

pytestmark = pytest.mark.skipif(os.name != "posix", reason="streams are closed by a shell")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_an_update(shell: Shell, app: Callable[[str], None], closed: str) -> None:
    command = Path(sys.executable).with_name("cocoindex")
    program = shell.folder / "app.py"
    # What writes to the numbers of the streams, as C libraries do.
    program.write_text(program.read_text() + "\nimport os\nfor number in (1, 2): os.write(number, b'noise\\n' * 99)\n")
    done = subprocess.run(["sh", "-c", f"exec {command} update app.py {closed}"], cwd=shell.folder, check=False)
    assert done.returncode == 0 and shell.made() == ["one", "two"]
    assert b"noise" not in (shell.folder / "app.db" / "data.mdb").read_bytes()
    for args in ("update app.py", "show app.py", "ls app.py", "drop -f app.py"):
        done = subprocess.run(["sh", "-c", f"exec {command} {args} {closed}"], cwd=shell.folder, check=False)
        assert done.returncode == 0
    assert shell.made() == []
