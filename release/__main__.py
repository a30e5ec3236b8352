"""`python -m release WHAT ...`, in the folder of a clone: what the sessions `release` and `bump` run, and `docs` first.

`check DIST`, `check-bump DIST PART` and `check-index` need nothing that is installed for them, and say what is missing
before anything is.
"""

from __future__ import annotations

import sys
from pathlib import Path

from release import bump, make
from release.distributions import read_distributions
from release.index import refuse_silent_indexes
from release.problem import Problem

_USAGE = {
    "check": "nox -s release -- DIST",
    "make": "nox -s release -- DIST",
    "check-bump": "nox -s bump -- DIST major|minor|patch|VERSION",
    "bump": "nox -s bump -- DIST major|minor|patch|VERSION",
    "check-index": "nox -s docs",
}
_ARGUMENTS = {"check": 1, "make": 1, "check-bump": 2, "bump": 2, "check-index": 0}
_SESSION = {"check": "release", "make": "release", "check-bump": "bump", "bump": "bump", "check-index": "docs"}


def main(root: Path, arguments: list[str]) -> int:
    """Do what is asked for; return the exit code."""
    what, *rest = arguments or [""]
    try:
        if what not in _USAGE or len(rest) != _ARGUMENTS[what]:
            names = ", ".join(read_distributions(root))
            raise Problem(f"usage: {_USAGE.get(what, 'python -m release WHAT')}, where DIST is one of {names}")
        _do(root, what, rest)
    except Problem as problem:
        print(f"{_SESSION.get(what, 'release')}: {problem}", file=sys.stderr)
        return 1
    except OSError as error:  # a clone or disk that cannot be written, most of all
        print(f"{_SESSION.get(what, 'release')}: {error}", file=sys.stderr)
        return 1
    return 0


def _do(root: Path, what: str, rest: list[str]) -> None:
    if what == "check":
        make.refuse_unready(root, *rest)
        refuse_silent_indexes()
    elif what == "make":
        make.make(root, *rest)
    elif what == "check-bump":
        bump.refuse_unready(root, *rest)
        refuse_silent_indexes()
    elif what == "bump":
        bump.bump(root, *rest)
    else:
        refuse_silent_indexes()


if __name__ == "__main__":
    sys.exit(main(Path.cwd(), sys.argv[1:]))
