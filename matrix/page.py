"""The table of what ran, what failed, and what was skipped and why: printed, and kept in docs/matrix.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from matrix.cells import KINDS
from matrix.outcome import Outcome, Result

_HEAD = """# Test matrix

`nox -s matrix` writes this page; do not edit it. [Contributing](../CONTRIBUTING.md#the-matrix) says how to run it. A
cell of the matrix is one test in a new environment. *Skipped* means that the test did not run, so its result is
unknown. *Refused* means that two versions are incompatible, and that the installer or core reports it.
"""


def counted(results: Iterable[Result]) -> str:
    """Return `4 passed, 1 failed`."""
    counts = Counter(result.outcome for result in results)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])


def page(
    results: Sequence[Result],
    pythons: Mapping[str, str],
    versions: Mapping[tuple[str, str], Mapping[str, str]],
) -> str:
    """Return the page.

    Args:
        results: of all cells.
        pythons: the whole version of each Python that was there.
        versions: of what the distributions need, by Python and whether these are the oldest or newest.
    """
    # What a Python that is not here would have been tried for is told under "Skipped".
    here = [result for result in results if result.cell.python in pythons]
    parts = [
        _HEAD,
        f"{len(results)} cells: {counted(results)}.\n",
        f"Pythons: {', '.join(pythons.values())}.\n",
        *(_of_kind(kind, [each for each in here if each.cell.kind == kind]) for kind in KINDS),
        _reasons("Failed", [result for result in results if result.outcome is Outcome.FAILED]),
        _reasons("Refused", [result for result in results if result.outcome is Outcome.REFUSED]),
        _reasons("Skipped", [result for result in results if result.outcome is Outcome.SKIPPED]),
        _versions(versions),
    ]
    return "\n".join(part for part in parts if part)


def _of_kind(kind: str, results: Sequence[Result]) -> str:
    if not results:
        return ""
    columns = list(dict.fromkeys((result.cell.python, result.cell.deps) for result in results))
    heads = [f"{python} {deps}" for python, deps in columns]
    lines = [f"## {kind}\n", f"{KINDS[kind]}.\n", _row("", *heads), _row("---", *("---" for _ in heads))]
    for what in dict.fromkeys(result.cell.what for result in results):
        of_row = [result for result in results if result.cell.what == what]
        cells = ([each for each in of_row if (each.cell.python, each.cell.deps) == column] for column in columns)
        lines.append(_row(what, *(counted(cell) or "–" for cell in cells)))
    if kind == "install":
        lines.append(
            "\nEach entry is four cells: editable and wheel, by uv and by pip, with the versions that uv resolved."
        )
    if days := sorted({result.day for result in results} - {""}):
        lines.append(f"\nLast run: {' to '.join(dict.fromkeys((days[0], days[-1])))}.")
    return "\n".join(lines) + "\n"


def _reasons(title: str, results: Sequence[Result]) -> str:
    """Return the results by what they say; cells that say the same are one line."""
    by_reason: dict[str, list[Result]] = {}
    for result in results:
        by_reason.setdefault(result.why, []).append(result)
    if not by_reason:
        return f"## {title}\n\nNone.\n"
    lines = [f"- {why}: {_named(found)}" for why, found in by_reason.items()]
    return "\n".join([f"## {title}\n", *lines]) + "\n"


def _named(results: Sequence[Result]) -> str:
    if len(results) <= 4:
        return ", ".join(f"`{result.cell}`" for result in results)
    kinds = Counter(result.cell.kind for result in results)
    return ", ".join(f"{count} cell{'s' * (count != 1)} of `{kind}`" for kind, count in kinds.items())


def _versions(versions: Mapping[tuple[str, str], Mapping[str, str]]) -> str:
    names = sorted({name for each in versions.values() for name in each})
    if not names:
        return ""
    heads = [f"{python} {deps}" for python, deps in versions]
    lines = ["## Versions\n", "What the distributions need themselves.\n", _row("", *heads)]
    lines.append(_row("---", *("---" for _ in heads)))
    lines.extend(_row(name, *(each.get(name, "–") for each in versions.values())) for name in names)
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
