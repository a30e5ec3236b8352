"""`python -m api [approve]`: fail where a public interface is not the one that was approved, or approve it.

What the session `api` runs; `docs/stability.md` says what is promised.
"""

from __future__ import annotations

import sys
from pathlib import Path

from api.approval import FOLDER, forgotten, last_release, read_approved, write_approved
from api.differences import counted, differences
from api.interface import Interface, read_interfaces

from release.clone import Clone
from release.problem import Problem

ROOT = Path(__file__).resolve().parents[1]
ADVICE = f"""
If this is meant: keep what docs/stability.md promises, write it into the CHANGELOG of the distribution, run
`nox -s api -- approve`, and commit what that writes to {FOLDER} with the change."""


def main(root: Path, arguments: list[str]) -> int:
    """Compare, or approve; return the exit code."""
    if arguments not in ([], ["approve"]):
        print("usage: nox -s api [-- approve]", file=sys.stderr)
        return 2
    sources = {source.parent.name: source for source in sorted(root.glob("packages/*/src"))}
    interfaces = read_interfaces(sources)
    differs = [name for name, interface in interfaces.items() if _tell(root, name, interface)]
    _tell_since_releases(Clone(root), interfaces)
    gone = forgotten(root, interfaces)
    for name in gone:
        print(f"{name}: removed")
    if arguments:
        write_approved(root, interfaces)
        print(f"approved: see {FOLDER}")
    elif differs or gone:
        print(ADVICE)
        return 1
    return 0


def _tell(root: Path, distribution: str, interface: Interface) -> bool:
    """Print what differs, and what there is to release; return whether something is not approved."""
    found = differences(read_approved(root, distribution), interface)
    print(f"{distribution}: {len(interface)} names, {counted(found)} since the last approval")
    for each in found:
        print(*each.lines(), sep="\n")
    return bool(found)


def _tell_since_releases(clone: Clone, interfaces: dict[str, Interface]) -> None:
    """Print what a release of each distribution would change, or why that is not known."""
    try:
        clone.refuse_missing_tags()
        for distribution, interface in interfaces.items():
            if (release := last_release(clone, distribution)) is not None:
                tag, released = release
                print(f"{distribution}: {counted(differences(released, interface))} since {tag}")
    except Problem as problem:
        print(f"changes since the last releases are not counted: {problem}")


if __name__ == "__main__":
    sys.exit(main(ROOT, sys.argv[1:]))
