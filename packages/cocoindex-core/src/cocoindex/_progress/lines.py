"""The counts of a report as text: one line per function. Layer: _progress."""

from __future__ import annotations

from .stats import ComponentStats, UpdateStats


def format_stats(stats: UpdateStats, title: str | None = None) -> list[str]:
    """Return one line per function, and their sum if there are several; each begins with the title of its group."""
    lines = [_line(name, numbers) for name, numbers in sorted(stats.by_component.items())]
    if len(lines) > 1:
        lines.append(_line("total", stats.total))
    prefix = "" if title is None else f"[{title}] "
    return [prefix + line for line in lines or ["nothing to do"]]


def _line(name: str, numbers: ComponentStats) -> str:
    parts = [
        (numbers.num_adds, "added"),
        (numbers.num_reprocesses, "reprocessed"),
        (numbers.num_deletes, "deleted"),
        (numbers.num_unchanged, "unchanged"),
        (numbers.num_errors, "FAILED"),
        (numbers.num_in_progress, "in progress"),
    ]
    told = ", ".join(f"{n} {what}" for n, what in parts if n) or "nothing yet"
    return f"{name}: {numbers.num_finished}/{max(numbers.num_execution_starts, numbers.num_finished)} done: {told}"
