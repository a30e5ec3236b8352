"""A live update killed at any store write or sink call is gone on with: nothing is lost, no cursor has run ahead."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
from typing import Any

import pytest

PROGRAM = pathlib.Path(__file__).parent / "live_program.py"


def trials(folder: pathlib.Path, kind: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(folder), kind], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def read_log() -> list[tuple[str, str | None]]:
    """The changes, as the program has them."""
    names: dict[str, Any] = {}
    text = PROGRAM.read_text()
    begin = text.index("LOG: ")
    exec("from __future__ import annotations\n" + text[begin : text.index("]\n\n", begin) + 1], names)
    log: list[tuple[str, str | None]] = names["LOG"]
    return log


def is_covered(log: list[tuple[str, str | None]], number: int, target: dict[str, str]) -> bool:
    """Whether the target holds, of each key, what the last of the first changes made of it, or a later one did."""
    for key in {key for key, _ in log[:number]}:
        changes = [(at, value) for at, (name, value) in enumerate(log, 1) if name == key]
        last = max(at for at, _ in changes if at <= number)
        if target.get(key) not in [value for at, value in changes if at >= last]:
            return False
    return True


@pytest.mark.parametrize("kind", ["feed", "view"])
def test_killed_at_each_step(tmp_path: pathlib.Path, kind: str) -> None:
    log = read_log()
    found = trials(tmp_path, kind)
    assert sum(trial["killed"] for trial in found) >= 20
    for trial in found:
        what = (trial["step"], trial["nth"])
        if kind == "view":
            assert trial["end"] == trial["source"], what
            continue
        numbers = [int(number) for number in trial["acknowledged"]]
        assert numbers == sorted(numbers), what
        assert is_covered(log, max(numbers, default=0), trial["target"]), what
        assert is_covered(log, trial["stored"], trial["target"]), what
        assert trial["end"] == {key: value for key, value in dict(log).items() if value is not None}, what
