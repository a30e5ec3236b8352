"""What `nox -s bump -- DIST PART` does: a new version by hatch, in the CHANGELOG, and in the bounds of others."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from release.changelog import UNRELEASED, Section, demand_section, renamed, section_of, sections, with_line
from release.clone import Clone
from release.distributions import Distribution, find_distribution, read_distribution, read_distributions
from release.problem import Problem

PARTS = ("major", "minor", "patch")


def refuse_unready(root: Path, name: str, part: str) -> tuple[Distribution, Section]:
    """Return the distribution, and the section of its CHANGELOG that is not released yet.

    Raises:
        Problem: the distribution or the part is unknown, the version is none to release, not all is committed, or the
            CHANGELOG tells of nothing new.
    """
    distribution = find_distribution(root, name)
    if part not in PARTS and not _is_version(part):
        raise Problem(f"{part!r} is no version, nor one of {', '.join(PARTS)}")
    if _is_version(part) and Version(part) <= distribution.version:
        raise Problem(f"{part} is not above {distribution.version}, the version that {name} has")
    if _is_version(part) and Version(part).local:
        raise Problem(f"{part} has a local part, and no index takes such versions: leave out what follows the +")
    clone = Clone(root)
    clone.refuse_changes()
    clone.refuse_missing_tags()
    section = _unreleased(clone, distribution)
    if _is_version(part):
        _refuse_taken(clone, distribution, section, Version(part))
    return distribution, section


def bump(root: Path, name: str, part: str) -> None:
    """Give a distribution a new version, and print what was written.

    Raises:
        Problem: that is not possible; then nothing was written.
    """
    distribution, section = refuse_unready(root, name, part)
    files = [file for each in read_distributions(root).values() for file in (each.pyproject, each.changelog)]
    before = {file: file.read_bytes() for file in files if file.exists()}
    try:
        new = _new_version(distribution, part)
        _refuse_taken(Clone(root), distribution, section, new)
        today = datetime.now(UTC).date()
        changelog = renamed(distribution.read_changelog(), section, str(new), today)
        _rewrite(distribution.changelog, changelog)
        moved = move_bounds(root, name, new)
    except BaseException:
        for file, content in before.items():
            if file.read_bytes() != content:
                file.write_bytes(content)
        raise
    print(f"{name} {distribution.version} -> {new}: pyproject.toml and CHANGELOG.md (was `## {section.version}`)")
    for other, bound in moved.items():
        print(f"{other}: needs {bound} now; give it a new version and release it as well")
    print(f"Look at `git diff`, commit, and go on with `nox -s release -- {name}`.")


def _refuse_taken(clone: Clone, distribution: Distribution, section: Section, version: Version) -> None:
    if (tag := clone.tag_of(distribution.name, version)) is not None:
        raise Problem(f"{tag} is tagged already: take another version")
    if any(other.is_of(str(version)) for other in sections(distribution.read_changelog()) if other != section):
        where = f"packages/{distribution.name}/CHANGELOG.md"
        raise Problem(f"{where} has a section `## {version}` already: take another version")


def _unreleased(clone: Clone, distribution: Distribution) -> Section:
    """Return what is to be renamed: `## Unreleased`, or the first section where its version was never released."""
    changelog = distribution.read_changelog()
    where = f"packages/{distribution.name}/CHANGELOG.md"
    first = next(iter(sections(changelog)), None)
    version = UNRELEASED if first is None or section_of(changelog, UNRELEASED) else first.version
    if _is_version(version) and clone.tag_of(distribution.name, Version(version)) is None:
        return demand_section(changelog, version, where)
    return demand_section(changelog, UNRELEASED, where)


def _new_version(distribution: Distribution, part: str) -> Version:
    # Hatch would take " 0.2" and "v0.2" as they are.
    wanted = str(Version(part)) if _is_version(part) else part
    command = [sys.executable, "-m", "hatch", "--no-color", "version", wanted]
    done = subprocess.run(command, cwd=distribution.folder, capture_output=True, text=True, check=False)
    if done.returncode:
        words = " ".join((done.stderr or done.stdout).split())
        raise Problem(f"hatch gives {distribution.name} {distribution.version} no version {part!r}: {words}")
    return read_distribution(distribution.folder).version


def move_bounds(root: Path, name: str, new: Version) -> dict[str, str]:
    """Have all others take the new version; return the new bounds of those that did not."""
    moved: dict[str, str] = {}
    for other in read_distributions(root).values():
        text = other.pyproject.read_text(encoding="utf-8")
        changed = re.sub(rf'"{re.escape(name)}(?![\w.-])[^"]*"', lambda found: _admitting(found[0], new), text)
        if changed == text:
            continue
        _rewrite(other.pyproject, changed)
        moved[other.name] = bound = f"{name} {_bound(new)}"
        _rewrite(other.changelog, with_line(other.read_changelog(), f"- It needs `{bound}` now."))
    return moved


def _rewrite(file: Path, text: str) -> None:
    """Write a text into a file that exists, with the line ends that the file has."""
    ends = "\r\n" if b"\r\n" in file.read_bytes() else "\n"
    file.write_text(text, encoding="utf-8", newline=ends)


def _bound(new: Version) -> str:
    """Return the bound that others get: `~= X.Y`, with what more it takes to allow the version."""
    epoch = f"{new.epoch}!" if new.epoch else ""
    bound = f"~= {epoch}{new.major}.{new.minor}"
    if SpecifierSet(bound).contains(new, prereleases=True):
        return bound
    return bound + re.sub(r"^(\d+!)?\d+(\.\d+)*", "", new.public)


def _admitting(quoted: str, new: Version) -> str:
    """Return a requirement of a pyproject file, in quotes, so that it takes the new version."""
    try:
        need = Requirement(quoted.strip('"'))
    except InvalidRequirement:  # words that begin with the name
        return quoted
    if not need.specifier or need.specifier.contains(new, prereleases=True):
        return quoted
    extras = f"[{','.join(sorted(need.extras))}]" if need.extras else ""
    marker = f"; {str(need.marker).replace(chr(34), chr(39))}" if need.marker else ""
    return f'"{need.name}{extras} {_bound(new)}{marker}"'


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
