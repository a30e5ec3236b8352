"""The blocks of the page on DuckDB are one program, and those of the README another: both do what is said of them."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys
from contextlib import closing

import duckdb

ROOT = pathlib.Path(__file__).parents[2]
BLOCKS = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def update(folder: pathlib.Path, page: str, program: str) -> str:
    """Write the program of a page into the folder, and update it by the command; returns what that says."""
    (folder / program).write_text("\n\n".join(BLOCKS.findall((ROOT / page).read_text())))
    command = [str(pathlib.Path(sys.executable).with_name("cocoindex")), "update", program]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_page_is_a_program(tmp_path: pathlib.Path) -> None:
    with closing(duckdb.connect(tmp_path / "notes.duckdb")) as database:
        database.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY, text VARCHAR)")
        database.execute("INSERT INTO notes VALUES (1, 'buy milk'), (2, 'call Ada')")
    for expected in ("keep: 2/2 done: 2 added", "keep: 2/2 done: 2 unchanged"):
        assert expected in update(tmp_path, "docs/duckdb.md", "capitals.py")
    with closing(duckdb.connect(tmp_path / "notes.duckdb")) as database:
        assert database.execute("SELECT * FROM capitals ORDER BY id").fetchall() == [(1, "BUY MILK"), (2, "CALL ADA")]


def test_the_program_of_the_readme(tmp_path: pathlib.Path) -> None:
    update(tmp_path, "packages/cocoindex-connectors-duckdb/README.md", "passages.py")
    with closing(duckdb.connect(tmp_path / "passages.duckdb")) as database:
        assert database.execute("SELECT * FROM passages ORDER BY id").fetchall() == [(0, "one"), (1, "two")]
