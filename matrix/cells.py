"""The cells of the matrix: each is one thing that is tried, in one environment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from release.distributions import CORE, Distribution

KINDS = {
    "install": "Each distribution alone, and all together: installs, checks, imports, loads plugins, runs a program",
    "bounds": "The lower bounds in the pyproject files: exactly these versions can be installed",
    "released": "Each distribution in its last release, with the current core",
    "released-core": "Each distribution in its current version, with the last release of core",
    "types": "Type checks of a user's program on installed wheels: correct code passes, wrong code is reported",
    "downstream": "Packages of others: the third-party example, and new projects from `cocoindex init`",
    "tests": "The tests of a distribution with the oldest dependencies that it and the tools of the tests allow",
}
ALL = "all"
OLDEST, NEWEST = "oldest", "newest"
EDITABLE, WHEEL = "editable", "wheel"
PIP, UV = "pip", "uv"
THIRD_PARTY = "third-party"
#: What `cocoindex init` is given for each kind of distribution that it makes.
TEMPLATES = {"connector": ("--connector",), "sql-connector": ("--sql", "--connector"), "op": ("--op",)}


@dataclass(frozen=True, order=True)
class Cell:
    """One thing that is tried."""

    kind: str
    what: str
    python: str
    deps: str = NEWEST
    origin: str = WHEEL
    installer: str = UV

    def __str__(self) -> str:
        return f"{self.kind} {self.what} python={self.python} {self.deps} {self.origin} {self.installer}"


def all_cells(present: dict[str, Distribution], pythons: list[str], supported: list[str]) -> list[Cell]:
    """Return every cell there is.

    Args:
        present: the distributions of the clone.
        pythons: all that are asked about, those that are not there included.
        supported: those of them that the core names.
    """
    return [*_of_each_python(present, pythons), *_of_releases(present, supported[0]), *_of_tests(present, supported)]


def _of_each_python(present: dict[str, Distribution], pythons: list[str]) -> Iterator[Cell]:
    for python, what in product(pythons, [*present, ALL]):
        for deps, origin, installer in product((OLDEST, NEWEST), (EDITABLE, WHEEL), (UV, PIP)):
            yield Cell("install", what, python, deps, origin, installer)
    for python in pythons:
        yield Cell("bounds", ALL, python, OLDEST)
        yield from (Cell("types", checker, python) for checker in ("mypy", "pyright"))
        yield from (Cell("downstream", what, python) for what in (THIRD_PARTY, *TEMPLATES))


def _of_releases(present: dict[str, Distribution], python: str) -> Iterator[Cell]:
    for kind, name in product(("released", "released-core"), present):
        if name != CORE:
            yield Cell(kind, name, python)


def _of_tests(present: dict[str, Distribution], supported: list[str]) -> Iterator[Cell]:
    for python, name in product(dict.fromkeys((supported[0], supported[-1])), present):
        yield Cell("tests", name, python, OLDEST, EDITABLE)
