"""The sections of a CHANGELOG: `## VERSION` or `## VERSION (DATE)`, the newest first, perhaps `## Unreleased` above."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from packaging.version import InvalidVersion, Version

from release.problem import Problem

UNRELEASED = "Unreleased"
# As Markdown has it: up to three spaces before, one or more after the marks.
_HEADING = re.compile(r"^ {0,3}##[ \t]+\[?([^\s\]]+).*$", re.MULTILINE)
# One that begins a line and has no end goes on to the end of the file.
_COMMENT = re.compile(r"<!--.*?-->|^ {0,3}<!--.*\Z", re.DOTALL | re.MULTILINE)
# A line in it that looks like a heading is none.
_COMMENT_OR_CODE = re.compile(
    rf"{_COMMENT.pattern}|^ {{0,3}}(`{{3,}}|~{{3,}}).*?(^ {{0,3}}\1|\Z)", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class Section:
    """One section: its version or `Unreleased`, its text, and where its heading and itself end in the file."""

    version: str
    text: str
    start: int
    heading_end: int
    end: int

    def says_something(self) -> bool:
        """Return whether there is a word in it, besides headings and comments."""
        lines = _COMMENT.sub("", self.text).splitlines()
        return any(re.search(r"\w", line) for line in lines if not line.startswith("#"))

    def is_of(self, version: str) -> bool:
        """Return whether it is that of a version, however it is written: `0.1` is `0.1.0`."""
        return _meant(self.version) == _meant(version)


def sections(changelog: str) -> list[Section]:
    """Return the sections in the order of the file."""
    shown = _COMMENT_OR_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), changelog)
    headings = list(_HEADING.finditer(shown))
    ends = [*(heading.start() for heading in headings), len(changelog)][1:]
    return [
        Section(_version(heading[1]), changelog[heading.end() : end].strip(), heading.start(), heading.end(), end)
        for heading, end in zip(headings, ends, strict=True)
    ]


def _version(word: str) -> str:
    return UNRELEASED if word.casefold() == UNRELEASED.casefold() else word


def _meant(version: str) -> Version | str:
    try:
        return Version(version)
    except InvalidVersion:
        return version


def section_of(changelog: str, version: str) -> Section | None:
    """Return the section of a version; None where there is none."""
    return next((section for section in sections(changelog) if section.is_of(version)), None)


def demand_section(changelog: str, version: str, where: str) -> Section:
    """Return the section of a version, which is to be released.

    Raises:
        Problem: there is none, it says nothing, there are two, or that of another version is above it.
    """
    heading = f"`## {version}`"
    found = [section for section in sections(changelog) if section.is_of(version)]
    if not found or not found[0].says_something():
        what = "nothing in the section" if found else "no section"
        raise Problem(f"{where} has {what} {heading}: say there what changed")
    if len(found) > 1:
        raise Problem(f"{where} has {len(found)} sections {heading}: make them one")
    newest = next(section for section in sections(changelog) if section.version != UNRELEASED)
    if version != UNRELEASED and not newest.is_of(version):
        above = f"`## {newest.version}`"
        raise Problem(f"{where} has a section {above} above {heading}: the version that is released comes first")
    return found[0]


def renamed(changelog: str, section: Section, version: str, on: date) -> str:
    """Return the changelog with this section as that of `version`, released `on` a day."""
    return f"{changelog[: section.start]}## {version} ({on.isoformat()}){changelog[section.heading_end :]}"


def with_line(changelog: str, line: str) -> str:
    """Return the changelog with one more line under `## Unreleased`, which is made where there is none."""
    section = section_of(changelog, UNRELEASED)
    if section is not None:
        body, rest = changelog[: section.end], changelog[section.end :]
        return f"{body.rstrip()}\n{line}\n\n{rest}".rstrip() + "\n"
    first = sections(changelog)
    start = first[0].start if first else len(changelog)
    head = f"{changelog[:start].rstrip()}\n\n"
    return f"{head}## {UNRELEASED}\n\n{line}\n\n{changelog[start:]}".rstrip() + "\n"
