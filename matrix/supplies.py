"""What cells share: wheels of today and of the last releases, the oldest dependencies; each is made once."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from matrix.bounds import needs_of_others
from matrix.cells import OLDEST
from matrix.environment import demand
from matrix.locked import Locked, fetch, lock
from matrix.outcome import Ended, Outcome
from release.build import build_wheel, wheel_of
from release.clone import Clone
from release.distributions import Distribution, read_distributions
from release.problem import Problem

T = TypeVar("T")


class Release(NamedTuple):
    """The last release of a distribution: its tag, and its wheel."""

    tag: str
    wheel: Path


class Supplies:
    """Makes things once for all cells.

    Args:
        root: of the clone.
        folder: where they lie, which the caller removes.
        interpreters: of the Pythons that are there.
    """

    def __init__(self, root: Path, folder: Path, interpreters: dict[str, Path]) -> None:
        self.root = root
        self.folder = folder
        self.interpreters = interpreters
        self.present: dict[str, Distribution] = read_distributions(root)
        self.links = folder / "wheels"
        self._clone = Clone(root)
        self._made: dict[tuple[str, ...], Any] = {}
        self._locks: dict[tuple[str, ...], threading.Lock] = {}
        self._lock = threading.Lock()
        self._fetching = threading.Lock()

    def wheel(self, name: str) -> Path:
        """Return the wheel of a distribution as it is in the clone."""
        return self._once(partial(wheel_of, self.root / "packages" / name, self.links), "wheel", name)

    def all_wheels(self) -> dict[str, Path]:
        """Return the wheels of all distributions: what needs another one finds it beside its own."""
        return {name: self.wheel(name) for name in self.present}

    def build_tools(self) -> Path:
        """Return a folder with what builds the distributions."""
        return self._once(self._install_build_tools, "build_tools")

    def third_party(self) -> Path:
        """Return the wheel of the example of a third party."""
        source = self.root / "tests" / "third_party" / "acme-cocoindex-connector"
        return self._once(partial(wheel_of, source, self.folder / "third_party"), "third_party")

    def released(self, name: str) -> Release:
        """Return the last release of a distribution.

        Raises:
            Ended: there was none, or it is not known: skipped.
        """
        tag = self._clone.last_tag(name)
        if tag is None and self._clone.is_shallow():
            raise Ended(
                Outcome.SKIPPED, "the clone is shallow, tags may be missing: run `git fetch --unshallow --tags`"
            )
        if tag is None:
            raise Ended(Outcome.SKIPPED, f"{name} was never released: no tag {name}-VERSION")
        made = partial(build_wheel, self._clone, name, tag, self.folder / "released" / tag)
        return Release(tag, self._once(made, "released", name))

    def locked(self, python: str, deps: str) -> Locked:
        """Return the oldest or newest dependencies that are allowed on this Python, of all distributions together."""
        needs = [need for _, need in needs_of_others(self.present.values())]
        return self._once(partial(lock, needs, self.interpreters[python], deps), "locked", python, deps)

    def constraints(self, python: str) -> Path:
        """Return a file that holds dependencies to the oldest ones."""
        return self._once(partial(self._write_constraints, python), "constraints", python)

    def wheels_for_pip(self, python: str, deps: str) -> Path:
        """Return a folder with wheels of the dependencies."""
        urls = self.locked(python, deps).urls
        made = partial(fetch, urls, self.folder / "files", self.folder / f"{deps}-{python}")
        with self._fetching:  # two at a time would fetch the same
            return self._once(made, "wheels_for_pip", python, deps)

    def _install_build_tools(self) -> Path:
        folder = self.folder / "build_tools"
        tools = ("hatchling>=1.27", "editables>=0.5")
        command = (sys.executable, "-m", "uv", "pip", "install", "-q", "--target", folder, *tools)
        demand(command, self.folder, "installing what builds")
        return folder

    def _write_constraints(self, python: str) -> Path:
        file = self.folder / f"oldest-{python}.txt"
        file.write_text(
            "".join(f"{name}=={version}\n" for name, version in self.locked(python, OLDEST).versions.items())
        )
        return file

    def _once(self, make: Callable[[], T], *key: str) -> T:
        """Return what was made under this key, or make it; what failed once is not tried for each cell."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._made:
                try:
                    self._made[key] = make()
                except Problem as problem:
                    self._made[key] = Ended(Outcome.FAILED, str(problem))
                except Ended as ended:
                    self._made[key] = ended
            made = self._made[key]
        if isinstance(made, Ended):
            raise Ended(made.outcome, made.why, made.output)
        result: T = made
        return result
