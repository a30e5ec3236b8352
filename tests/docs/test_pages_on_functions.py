"""The examples on the pages about functions, runners and serialization run as they stand."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import pytest

DOCS = pathlib.Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)

UPDATE = """
def _update(main, *args):
    env = coco.Environment(coco.Settings(db_path=pathlib.Path("db")))
    app = coco.App(coco.AppConfig(name=getattr(main, "name", main.__name__), environment=env), main, *args)
    results = [app.update_blocking(), app.update_blocking()]
    env.close()
    return results
"""

USES = {
    "functions.md": """
assert _update(main, ["a b", "c"]) == [3, 3]
assert _update(walk, ["a"]) == [["A"], ["A"]]
assert _update(poll) == [1, 2]
pathlib.Path("file").write_text("x")
async def others():
    file = LocalFile(pathlib.Path("file"))
    name = transform({"name": "n", "version": 1}, object())
    return name, await use(), await measure(), await embed("ab"), seen(file)
runs = []
@coco.fn(memo=True)
def seen(file: LocalFile) -> int:
    runs.append(1)
    return len(runs)
assert _update(others) == [("n", 296, [1, 2], [0.5], 1)] * 2
""",
    "runners.md": """
async def both():
    return await work(1), await embed("abc")
assert _update(both) == [(2, [3.0])] * 2
""",
    "serialization.md": """
@coco.fn(memo=True)
def tree() -> Tree:
    return Tree(["a"])
async def both():
    return [parse("a\\nb"), read("1"), read("x"), tree().leaves]
first, second = _update(both)
assert first == second and first[1:] == [Number(1), Text("x"), ["a"]] and type(second[0][0]) is Page
""",
}


@pytest.mark.parametrize("page", USES)
def test_the_examples_run(page: str, tmp_path: pathlib.Path) -> None:
    blocks = BLOCK.findall((DOCS / page).read_text())
    assert len(blocks) >= 2
    program = tmp_path / "program.py"
    program.write_text("\n".join([*blocks, "import pathlib", UPDATE, USES[page]]))
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
