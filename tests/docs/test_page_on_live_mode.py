"""The examples on the page about live mode run as they stand, and do what the page says."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import pytest

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "live.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)

BUSY = "interrupted: waiting for "  # is told where an end takes more than a second

START = """
from contextlib import asynccontextmanager, suppress

FOLDER = pathlib.Path.cwd()


def new_app(main, *args):
    env = coco.Environment(coco.Settings(db_path=FOLDER / "db"))
    return coco.App(coco.AppConfig(main.name, environment=env), main, *args)


@asynccontextmanager
async def live(app):
    \"\"\"Update it live for the time of the block, once it is ready.\"\"\"
    handle = app.update(live=True)
    result = asyncio.ensure_future(handle.result())
    async for snapshot in handle.watch():
        if snapshot.status is coco.UpdateStatus.READY:
            break
    try:
        yield
    finally:
        result.cancel()
        with suppress(asyncio.CancelledError):
            await result


async def until(condition):
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)
"""

USES = {
    "a folder": """
async def use():
    (FOLDER / "notes").mkdir()
    (FOLDER / "notes" / "a.md").write_text("first")
    out = FOLDER / "out"
    async with live(new_app(main, FOLDER / "notes", out)):
        assert (out / "a.md").read_text() == "FIRST"
        (FOLDER / "notes" / "b.md").write_text("second")
        await until((out / "b.md").exists)
""",
    "a listing": """
async def use():
    await new_app(watch_rows).update()
    assert seen == ["one", "two"]
""",
    "a map": """
async def use():
    async with live(new_app(count_words)):
        await until(lambda: sorted(seen) == ["1", "3", "5"])
""",
    "until ready": """
async def use():
    following = asyncio.ensure_future(follow(new_app(watch_rows)))
    await until(lambda: seen == ["one", "two"])
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
""",
    "a live component": """
async def use():
    messages, changed = {1: "hello"}, asyncio.Queue()

    @coco.fn
    async def watch_inbox():
        await coco.mount(Inbox, messages, changed)

    async with live(new_app(watch_inbox)):
        assert seen == ["hello"]
        messages[2] = "world"
        changed.put_nowait(2)
        await until(lambda: seen == ["hello", "world"])
""",
    "a log": """
async def use():
    entries, grown = [(1, "one")], asyncio.Event()

    @coco.fn
    async def watch_log():
        await coco.mount_each(note, Log(entries, grown))

    app = new_app(watch_log)
    async with live(app):
        assert seen == ["one"]
        entries.append((2, "two"))
        grown.set()
        await until(lambda: seen == ["one", "two"])
    await app.update()
    assert seen == ["one", "two"]
""",
}


@pytest.mark.parametrize("what", USES)
def test_the_examples_run(what: str, tmp_path: pathlib.Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("\n".join([*BLOCK.findall(PAGE.read_text()), START, USES[what], "asyncio.run(use())"]))
    command = [sys.executable, "-W", "error", str(program)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100)
    told = [line for line in done.stderr.splitlines() if not line.startswith(BUSY)]
    assert (done.returncode, told) == (0, [])


def test_the_table_passes_the_suite(tmp_path: pathlib.Path) -> None:
    (tmp_path / "test_table.py").write_text("\n".join(BLOCK.findall(PAGE.read_text())))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_table.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
