"""The blocks of the page on SQLite are one program, which does what the page says."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys
from contextlib import closing

from cocoindex.connectors.sqlite import sqlite3

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "sqlite.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def test_the_page_is_a_program(tmp_path: pathlib.Path) -> None:
    (tmp_path / "capitals.py").write_text("\n\n".join(BLOCKS))
    with closing(sqlite3.connect(tmp_path / "notes.sqlite")) as database:
        database.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
        database.execute("INSERT INTO notes VALUES (1, 'buy milk'), (2, 'call Ada')")
        database.commit()
        command = [str(pathlib.Path(sys.executable).with_name("cocoindex")), "update", "capitals.py"]
        for expected in ("keep: 2/2 done: 2 added", "keep: 2/2 done: 2 unchanged"):
            done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
            assert (done.returncode, done.stderr) == (0, "")
            assert expected in done.stdout
        assert database.execute("SELECT * FROM capitals").fetchall() == [(1, "BUY MILK"), (2, "CALL ADA")]
