"""Several reports on one terminal share a region, and what else is printed stands above it: nothing is torn."""

from __future__ import annotations

import os
import pathlib
import pty
import re
import subprocess
import sys

import pytest

_TOKEN = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)")

PROGRAM = """
import asyncio, pathlib, sys, threading
from datetime import timedelta
import cocoindex as coco

folder, how = pathlib.Path(sys.argv[1]), sys.argv[2]
OFTEN = timedelta(milliseconds=1)

@coco.fn
async def work(n):
    await asyncio.sleep(0.001 * (n % 7))
    if n % 10 == 0:
        print(f"printed {n}")

@coco.fn
async def main(name):
    with coco.stats_group(f"{name} one", report_to_stdout=OFTEN):
        await coco.mount_each(coco.component_subpath(1), work, [(n, n) for n in range(50)])
    with coco.stats_group(f"{name} two", report_to_stdout=OFTEN):
        await coco.mount_each(coco.component_subpath(2), work, [(n, n) for n in range(50)])

def app(name):
    env = coco.Environment(coco.Settings(db_path=folder / name), name=name)
    return coco.App(coco.AppConfig(name, environment=env), main, name)

async def both():
    await asyncio.gather(*(app(name).update(report_to_stdout=OFTEN) for name in "AB"))

if how == "loop":
    asyncio.run(both())
else:
    threads = [
        threading.Thread(target=lambda name=name: app(name).update_blocking(report_to_stdout=OFTEN)) for name in "AB"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print("the end")
"""


def written_by(program: pathlib.Path, *args: str) -> str:
    """Run the program on a terminal; return what it wrote."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": "100", "LINES": "80", "TERM": "xterm"}
    process = subprocess.Popen([sys.executable, program, *args], stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    written = b""
    while chunk := read(ours):
        written += chunk
    os.close(ours)
    assert process.wait(timeout=60) == 0, written.decode()
    return written.decode()


def read(terminal: int) -> bytes:
    """What is printed next; nothing at the end."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # how Linux says that nobody has the other end any more
        return b""


def shown(written: str) -> list[str]:
    """What a terminal shows of it in the end, as much of one as displays use: the lines that are not empty."""
    lines, row, column = [""], 0, 0
    for parameter, command, control, text in _TOKEN.findall(written):
        if control == "\r":
            column = 0
        elif control == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        elif command == "A":
            row -= int(parameter or 1)
            assert row >= 0, "above the first line"
        elif command == "K":
            lines[row] = lines[row][:column] if parameter in ("", "0") else ""
        elif command in ("m", "h", "l"):
            continue
        else:
            assert not command, f"unknown: {command!r}"
            line = lines[row].ljust(column)
            lines[row] = line[:column] + text + line[column + len(text) :]
            column += len(text)
    return [line.rstrip() for line in lines if line.strip()]


@pytest.mark.parametrize("how", ["loop", "threads"])
def test_all_last_numbers_stand_there_once_and_whole(tmp_path: pathlib.Path, how: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    lines = [" ".join(line.split()) for line in shown(written_by(program, str(tmp_path), how))]
    header = "done added reprocessed unchanged deleted failed in progress"
    titles = [f"{name} {group} {header}" for name in "AB" for group in ("one", "two")]
    printed = [f"printed {n}" for n in range(0, 50, 10)] * 4
    assert sorted(lines) == sorted(
        [*titles, *["work 50/50 50"] * 4, *[header] * 2, *["main 1/1 1"] * 2, *printed, "the end"]
    )
    assert lines[-1] == "the end"
