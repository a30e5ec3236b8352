"""The interfaces that were approved: a file for each distribution, now and at its last release.

Part of what `nox -s api` compares.
"""

from __future__ import annotations

from pathlib import Path

from api.interface import Interface

from release.clone import Clone

FOLDER = "api/approved"


def file_of(root: Path, distribution: str) -> Path:
    """The file with the approved interface of a distribution."""
    return root / FOLDER / f"{distribution}.txt"


def read_approved(root: Path, distribution: str) -> Interface:
    """Return what was approved; nothing for a distribution that is new."""
    file = file_of(root, distribution)
    return _parsed(file.read_text(encoding="utf-8")) if file.is_file() else {}


def write_approved(root: Path, interfaces: dict[str, Interface]) -> None:
    """Approve these interfaces, and forget those of distributions that are gone."""
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for old in (root / FOLDER).glob("*.txt"):
        if old.stem not in interfaces:
            old.unlink()
    for distribution, interface in interfaces.items():
        file_of(root, distribution).write_text(
            "".join(f"{name} {what}\n" for name, what in interface.items()), encoding="utf-8"
        )


def forgotten(root: Path, interfaces: dict[str, Interface]) -> list[str]:
    """Return the distributions that were approved and are not there any more."""
    return sorted(file.stem for file in (root / FOLDER).glob("*.txt") if file.stem not in interfaces)


def last_release(clone: Clone, distribution: str) -> tuple[str, Interface] | None:
    """Return the tag of the last release (`NAME-VERSION`) with the interface that it had; None before the first.

    Raises:
        Problem: git cannot say, or the release has no approved interface.
    """
    if (tag := clone.last_tag(distribution)) is None:
        return None
    return tag, _parsed(clone.file(tag, f"{FOLDER}/{distribution}.txt"))


def _parsed(text: str) -> Interface:
    return {name: what for name, _, what in (line.partition(" ") for line in text.splitlines())}
