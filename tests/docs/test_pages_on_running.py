"""The examples on the pages about time, failures, environments and progress run as they stand."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import pytest

DOCS = pathlib.Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)

APP = """
import pathlib
def _app(main, *args):
    env = coco.Environment(coco.Settings(db_path=pathlib.Path("db")))
    return coco.App(coco.AppConfig(main.name, environment=env), main, *args)
"""

USES = {
    "time_and_errors.md": """
assert _app(main, "some words").update_blocking() == "sw"
update_for_ten_minutes(_app(parse_all, ["1", "x"]))
assert failed == [("/@parse/1", "ValueError")]
""",
    "environments.md": """
with coco.runtime():
    assert app.update_blocking() == "hello world (en)"
    assert greeting() == "hello"
import asyncio
assert asyncio.run(greeting_async()) == "hello"
assert [app.update_blocking() for app in apps] == ["hello from alpha alpha (en)", "hello from beta beta (en)"]
for env in tenants.values():
    env.close()
""",
    "progress.md": """
assert asyncio.run(follow(_app(main, 3))) == "done"
assert _app(grouped, 10).update_blocking(report_to_stdout=True) == 5
""",
}


@pytest.mark.parametrize("page", USES)
def test_the_examples_run(page: str, tmp_path: pathlib.Path) -> None:
    blocks = BLOCK.findall((DOCS / page).read_text())
    program = tmp_path / "program.py"
    program.write_text("\n".join([*blocks, APP, USES[page]]))
    command = [sys.executable, "-W", "error", str(program)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
