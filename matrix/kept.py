"""What became of each cell when it last ran, kept in a file: the page is made of it, and some cells can run later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from matrix.cells import Cell
from matrix.outcome import Outcome, Result
from release.problem import Problem

FILE = Path("matrix", "results.json")
_NEVER = "has not run yet"

Versions = dict[tuple[str, str], dict[str, str]]


@dataclass
class Kept:
    """What is kept.

    Attributes:
        pythons: the whole version of each Python that cells ran on.
        versions: of what the distributions need, by Python and whether these are the oldest or newest.
        results: by the text of their cells.
    """

    pythons: dict[str, str] = field(default_factory=dict)
    versions: Versions = field(default_factory=dict)
    results: dict[str, dict[str, str]] = field(default_factory=dict)

    def take(self, results: Iterable[Result], pythons: Mapping[str, str], versions: Versions) -> None:
        """Take what became of cells; one that was skipped keeps the place of what it became before."""
        self.pythons.update(pythons)
        self.versions.update(versions)
        for result in results:
            if result.outcome is not Outcome.SKIPPED or not self._ran(result.cell):
                entry = {"outcome": str(result.outcome), "why": result.why, "day": result.day}
                self.results[str(result.cell)] = {name: text for name, text in entry.items() if text}

    def of(self, cells: Iterable[Cell]) -> list[Result]:
        """Return what is kept of these cells; what is kept of others is forgotten."""
        found = [self._result(cell) for cell in cells]
        self.results = {
            str(each.cell): self.results[str(each.cell)] for each in found if str(each.cell) in self.results
        }
        return found

    def _ran(self, cell: Cell) -> bool:
        return self._result(cell).outcome is not Outcome.SKIPPED

    def _result(self, cell: Cell) -> Result:
        entry = self.results.get(str(cell), {"outcome": str(Outcome.SKIPPED), "why": _NEVER})
        return Result(cell, Outcome(entry["outcome"]), entry.get("why", ""), day=entry.get("day", ""))


def read_kept(file: Path) -> Kept:
    """Return what the file keeps; nothing where there is no file.

    Raises:
        Problem: it is not what `write_kept` writes; a merge may have left both sides in it.
    """
    if not file.exists():
        return Kept()
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        versions = {(name.partition(" ")[0], name.partition(" ")[2]): each for name, each in data["versions"].items()}
        for entry in data["results"].values():
            Outcome(entry["outcome"])
        return Kept(data["pythons"], versions, data["results"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        restore = f"`git checkout HEAD -- {FILE}` restores it"
        raise Problem(f"{FILE} cannot be read: {type(error).__name__}: {error}; {restore}") from error


def write_kept(kept: Kept, file: Path) -> None:
    """Write it, a cell a line, so that a change is seen."""
    versions = {" ".join(pair): kept.versions[pair] for pair in sorted(kept.versions)}
    groups: dict[str, Mapping[str, object]] = {
        "pythons": dict(sorted(kept.pythons.items())),
        "versions": versions,
        "results": kept.results,
    }
    parts = [f"{json.dumps(name)}: {{\n{_lines(group)}\n}}" for name, group in groups.items()]
    file.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def _lines(group: Mapping[str, object]) -> str:
    return ",\n".join(f"  {json.dumps(name)}: {json.dumps(each, ensure_ascii=False)}" for name, each in group.items())
