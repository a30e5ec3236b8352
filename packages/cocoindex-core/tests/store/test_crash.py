from __future__ import annotations

import pathlib
from typing import Any

import pytest

from cocoindex._store import open_database

WRITE_FOR_EVER = """
import sys
from cocoindex._store import open_database
store = open_database(sys.argv[1], map_size=1 << 16).open_app("a")
turn = int(store.get(b"turn") or b"0")
while True:
    turn += 1
    text = b"%d" % turn
    store.apply({b"row%d" % row: text * (row + 1) for row in range(100)} | {b"turn": text}, [b"row"])
    print(turn, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 7, 60])
def test_a_killed_process_leaves_whole_transactions(folder: pathlib.Path, python: Any, lines: int) -> None:
    for _ in range(2):
        process = python(WRITE_FOR_EVER, folder)
        seen = [int(process.stdout.readline()) for _ in range(lines)]
        process.kill()
        process.wait()
        database = open_database(folder)
        store = database.open_app("a", create=False)
        turn = store.get(b"turn") or b""
        assert int(turn) >= seen[-1]
        assert dict(store.scan(b"row")) == {b"row%d" % row: turn * (row + 1) for row in range(100)}
        store.apply({b"after": turn})
        database.close()
