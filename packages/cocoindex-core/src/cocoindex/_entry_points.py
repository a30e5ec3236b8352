"""What installed distributions offer through entry points, also where their metadata is damaged.

Below every layer, beside `_install_source`. Reading metadata costs time: only what is asked for plugins calls this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, EntryPoint, distributions, entry_points
from typing import NamedTuple


class Offer(NamedTuple):
    """An entry point with the distribution that it comes from: its name and version, as well as they are known."""

    entry_point: EntryPoint
    distribution: str
    version: str
    damage: str | None


class DamagedEntryPoints(NamedTuple):
    """A distribution whose entry points cannot be read, and why."""

    distribution: str
    version: str
    why: str


def read_entry_points(groups: Sequence[str]) -> tuple[list[Offer], list[DamagedEntryPoints]]:
    """Return what is offered in these groups, and the distributions whose entry points cannot be read.

    Those that cannot be read, and have no such group in what is left of them, are passed over.
    """
    try:
        found = [entry for group in groups for entry in entry_points(group=group)]
    except Exception:  # one that cannot be read keeps nobody else's from being read
        return _read_one_by_one(groups)
    return [_offer(entry, entry.dist) for entry in found if entry.dist is not None], []


def _read_one_by_one(groups: Sequence[str]) -> tuple[list[Offer], list[DamagedEntryPoints]]:
    offers: list[Offer] = []
    damaged: list[DamagedEntryPoints] = []
    seen: set[str] = set()
    for dist in distributions():
        name, version, _ = _described(dist)
        if name in seen:  # the first one on the path is the one that is imported
            continue
        seen.add(name)
        try:
            offers += [_offer(entry, dist) for entry in dist.entry_points if entry.group in groups]
        except Exception as error:
            if _speaks_of(dist, groups):
                why = " ".join(f"{type(error).__name__}: {error}".split())
                damaged.append(DamagedEntryPoints(name, version, why))
    return offers, damaged


def _speaks_of(dist: Distribution, groups: Sequence[str]) -> bool:
    """Whether one of the groups is named in entry points that cannot be read."""
    path = getattr(dist, "_path", None)
    try:
        text: bytes = path.joinpath("entry_points.txt").read_bytes() if path is not None else b""
    except OSError:
        return False
    return any(f"[{group}]".encode() in text for group in groups)


def _offer(entry: EntryPoint, dist: Distribution) -> Offer:
    return Offer(entry, *_described(dist))


def _described(dist: Distribution) -> tuple[str, str, str | None]:
    """Name, version and damage of a distribution; where its metadata is gone, its folder is named after both."""
    folder = str(getattr(dist, "_path", ""))
    stem = folder.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    name, _, version = stem.partition("-")
    try:
        if dist.name is not None and dist.version is not None:
            return dist.name, dist.version, None
    except Exception:  # of metadata that cannot be read, or is not there
        pass
    where = f"{folder}/METADATA" if folder else "its METADATA"
    return name.replace("_", "-") or "an unknown distribution", version or "(of unknown version)", where


def installed_names() -> Iterator[str]:
    """Yield the names of all installed distributions, as well as they are known."""
    for dist in distributions():
        yield _described(dist)[0]
