"""A signal that arrives where Python drops exceptions, as in a destructor, still ends the update in order."""

from __future__ import annotations

import pathlib
import signal
import sys

import pytest
import quick_python

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no signals are sent there")

PROGRAM = """
import asyncio, os, pathlib, signal, sys
import cocoindex as coco
from cocoindex.testing import RecordingTarget

number = signal.Signals[sys.argv[2]]
target = RecordingTarget("lost")

class Late:
    def __del__(self):
        os.kill(os.getpid(), number)

@coco.lifespan
def lifespan(builder):
    builder.settings.db_path = pathlib.Path(sys.argv[1]) / "db"
    yield
    print("closed")

@coco.fn
async def main():
    target.declare("done", 1)
    if "begun" in sys.argv:
        os.kill(os.getpid(), signal.SIGUSR1)
    await asyncio.Event().wait()

# In the main thread, which waits for the update.
signal.signal(signal.SIGUSR1, lambda *_: Late())
app = coco.App("app", main)
if "begun" not in sys.argv:
    Late()
elif __name__ == "__main__":
    app.update_blocking()
"""

COMMAND = """
import sys
from cocoindex.cli import main

sys.argv[1:1] = ["update"]
sys.exit(main())
"""

FAILING = """
import os, pathlib, signal, sys
import cocoindex as coco

class Failing:
    def __del__(self):
        raise LookupError("of the program")

@coco.lifespan
def lifespan(builder):
    builder.settings.db_path = pathlib.Path(sys.argv[1]) / "db"
    yield

@coco.fn
async def main():
    Failing()

before = sys.unraisablehook
coco.App("app", main).update_blocking()
print(sys.unraisablehook is before)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_blocking_update_ends(tmp_path: pathlib.Path, number: signal.Signals) -> None:
    done = quick_python.run(["-c", PROGRAM, tmp_path, number.name, "begun"], timeout=60)
    assert done.stdout == "closed\n"
    assert "Exception ignored" not in done.stderr
    assert done.returncode in (128 + number, -number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_update_that_ends_by_itself_raises_it(tmp_path: pathlib.Path, number: signal.Signals) -> None:
    program = PROGRAM.replace("await asyncio.Event().wait()", "await asyncio.sleep(0.2)")
    done = quick_python.run(["-c", f"{program}\nprint('goes on')", tmp_path, number.name, "begun"], timeout=60)
    assert done.stdout == "closed\n"
    assert done.returncode in (128 + number, -number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_whose_program_lost_it_while_it_was_loaded_ends(
    tmp_path: pathlib.Path, number: signal.Signals
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.replace("sys.argv[2]", repr(number.name)).replace("sys.argv[1]", repr(str(tmp_path))))
    done = quick_python.run(["-c", COMMAND, program], timeout=60)
    assert done.returncode == 128 + number, done.stderr
    assert done.stderr == (
        f"Error: {'interrupted' if number == signal.SIGINT else 'terminated'}; what was under way is finished, and the "
        "next update goes on from there\n"
    )


def test_other_exceptions_of_destructors_are_told_as_without_an_update(tmp_path: pathlib.Path) -> None:
    done = quick_python.run(["-c", FAILING, tmp_path], timeout=60)
    assert (done.returncode, done.stdout) == (0, "True\n")
    assert "Exception ignored" in done.stderr and "LookupError: of the program" in done.stderr
