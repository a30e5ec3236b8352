"""While another process updates the app, each component is seen as it was before or after one of its steps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cocoindex as coco
from cocoindex import inspect

# Each update brings a function, a target and target states that the store has not seen before.
PROGRAM = """
import itertools, sys
import cocoindex as coco
from cocoindex.testing import RecordingTarget

COMPONENTS, STATES = 20, 3

def functions(number):
    target = RecordingTarget(f"busy/{number}")

    def leaf(component):
        for state in range(STATES):
            target.declare((number, component, state), number)

    leaf.__name__ = leaf.__qualname__ = f"leaf_{number}"
    return coco.fn(leaf)

leaf = functions(0)

@coco.fn
async def main():
    for component in range(COMPONENTS):
        await coco.mount(coco.component_subpath(component), leaf, component)

environment = coco.Environment(coco.Settings(db_path=sys.argv[1]))
app = coco.App(coco.AppConfig("busy", environment=environment), main)
for number in itertools.count():
    leaf = functions(number)
    app.update_blocking()
    print(number, flush=True)
"""


@pytest.fixture
def updating(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that updates again and again."""
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "store")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "0\n"
        yield process
        process.kill()


async def test_each_component_is_whole(updating: subprocess.Popen[str], environment: coco.Environment) -> None:
    seen: set[int] = set()
    while len(seen) < 5:
        paths = 0
        async for detail in inspect.iter_stable_path_details_by_name(environment, "busy"):
            paths += 1
            assert detail.processor_name == "main" or detail.processor_name.startswith("leaf_")
            keys = {item.key for item in detail.target_state_items}
            numbers = {key[0] for key in keys if isinstance(key, tuple)}
            (component,) = detail.path.parts() or (None,)
            assert keys == {(number, component, state) for number in numbers for state in range(3)}
            assert all(item.target_state_path.startswith('/@"busy/') for item in detail.target_state_items)
            seen |= {number for number in numbers if isinstance(number, int)}
        assert paths == 21
        entries = [entry async for entry in inspect.iter_target_states_by_name(environment, "busy")]
        assert {entry.readable_segments[0].split("/")[0] for entry in entries} == {'@"busy'}
    assert updating.poll() is None
