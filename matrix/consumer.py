"""Has mypy or pyright look at two programs of a user on installed wheels: a right one, and a wrong one."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from matrix.cells import UV, WHEEL, Cell
from matrix.environment import Environment, execute
from matrix.install import requirements
from matrix.outcome import Ended, Outcome
from matrix.supplies import Supplies
from release.distributions import closure

CONSUMER = Path("tests", "third_party", "consumer")
_NEEDED = ("cocoindex-connectors-localfs", "cocoindex-connectors-sqlite", "cocoindex-ops")
_CHECKERS = {"mypy": ("mypy", "--strict", "--python-executable"), "pyright": ("pyright", "--pythonpath")}
_WORDS_OF_UNTYPED = ("untyped", "stub")


def try_types(cell: Cell, environment: Environment, supplies: Supplies) -> None:
    """Try the cell; raise Ended where the checker takes a right program for wrong, or a wrong one for right."""
    extras: dict[str, set[str]] = {}
    for needed in _NEEDED:
        for name, asked in closure(supplies.present[needed], supplies.present).items():
            extras.setdefault(name, set()).update(asked)
    environment.install(UV, [str(supplies.third_party()), *requirements(extras, WHEEL, supplies)])
    for program in ("typed.py", "wrong.py"):
        shutil.copy(supplies.root / CONSUMER / program, environment.folder / program)
    command: list[str | Path] = [sys.executable, "-m", *_CHECKERS[cell.what], environment.python]
    right = execute([*command, "typed.py"], environment.folder)
    if right.returncode:
        raise Ended(Outcome.FAILED, f"{cell.what} finds errors where there are none", right.stdout)
    wrong = execute([*command, "wrong.py"], environment.folder)
    lines = (environment.folder / "wrong.py").read_text().splitlines()
    errors = [number for number, line in enumerate(lines, 1) if "# wrong" in line]
    missed = [number for number in errors if f"wrong.py:{number}:" not in wrong.stdout]
    if missed or wrong.returncode != 1 or any(word in wrong.stdout for word in _WORDS_OF_UNTYPED):
        raise Ended(Outcome.FAILED, f"{cell.what} does not find the errors in lines {missed}", wrong.stdout)
