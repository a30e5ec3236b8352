"""The distributions of a clone, as their pyproject files describe them; read by `release` and by `matrix`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

from release.problem import Problem

CORE = "cocoindex-core"
#: The extra that brings torch: several hundred MB, for one Python only where wheels for the CPU are at hand.
TORCH = "sentence-transformers"


@dataclass(frozen=True)
class Distribution:
    """One folder of `packages`."""

    folder: Path
    name: str
    version: Version
    dependencies: tuple[Requirement, ...]
    extras: dict[str, tuple[Requirement, ...]]
    entry_points: dict[str, dict[str, str]]
    pythons: tuple[str, ...]

    @property
    def pyproject(self) -> Path:
        """The file that all of this was read from."""
        return self.folder / "pyproject.toml"

    @property
    def changelog(self) -> Path:
        """The file that says what changed in each version."""
        return self.folder / "CHANGELOG.md"

    @property
    def tag(self) -> str:
        """The tag that the release of this version gets."""
        return f"{self.name}-{self.version}"

    def read_changelog(self) -> str:
        """Return what is in that file, without a byte order mark.

        Raises:
            Problem: there is none, or it is no text.
        """
        try:
            return self.changelog.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8"
            raise Problem(f"packages/{self.name}/CHANGELOG.md cannot be read: {reason}") from error

    def light_extras(self) -> list[str]:
        """Return the extras that do not bring torch; `all` is made of the others."""
        return sorted(set(self.extras) - {"all", TORCH})

    def requirements(self, extras: Iterable[str] = ()) -> list[Requirement]:
        """Return what it needs with these extras."""
        return [*self.dependencies, *(each for extra in extras for each in self.extras[extra])]


def read_distribution(folder: Path) -> Distribution:
    """Read one distribution.

    Raises:
        Problem: its pyproject file cannot be read, or lacks what a distribution has.
    """
    where = f"packages/{folder.name}/pyproject.toml"
    try:
        return _read(folder)
    except KeyError as error:
        raise Problem(f"{where} has no {error} under [project]") from error
    except (
        OSError,
        TypeError,
        AttributeError,
        ValueError,
    ) as error:  # what tomllib and packaging raise is a ValueError
        words = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise Problem(f"{where} cannot be read: {words}") from error


def _read(folder: Path) -> Distribution:
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    extras = project.get("optional-dependencies", {})
    prefix = "Programming Language :: Python :: 3."
    return Distribution(
        folder=folder,
        name=project["name"],
        version=Version(project["version"]),
        dependencies=tuple(map(Requirement, project.get("dependencies", []))),
        extras={name: tuple(map(Requirement, lines)) for name, lines in extras.items()},
        entry_points=project.get("entry-points", {}),
        pythons=tuple(line.rpartition(" ")[2] for line in project.get("classifiers", []) if line.startswith(prefix)),
    )


def read_distributions(root: Path) -> dict[str, Distribution]:
    """Return all distributions of a clone by name, in the order of names."""
    found = (read_distribution(path.parent) for path in sorted(root.glob("packages/*/pyproject.toml")))
    return {each.name: each for each in found}


def find_distribution(root: Path, name: str) -> Distribution:
    """Return one distribution of a clone.

    Raises:
        Problem: there is none of this name.
    """
    present = read_distributions(root)
    if name not in present:
        raise Problem(f"there is no distribution {name!r} in packages/; there are {', '.join(present)}")
    return present[name]


def closure(
    distribution: Distribution, present: dict[str, Distribution], extras: Iterable[str] = ()
) -> dict[str, set[str]]:
    """Return the distributions of the clone that this one needs, itself too, with the extras that are asked for."""
    found: dict[str, set[str]] = {}
    waiting: list[tuple[str, set[str]]] = [(distribution.name, set(extras))]
    while waiting:
        name, asked = waiting.pop()
        new = asked - found.get(name, set())
        if name in found and not new:
            continue
        found.setdefault(name, set()).update(asked)
        for need in present[name].requirements(sorted(found[name])):
            if need.name in present:
                waiting.append((need.name, set(need.extras)))
    return dict(sorted(found.items()))
