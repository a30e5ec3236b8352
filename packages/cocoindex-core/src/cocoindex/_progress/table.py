"""The numbers of a report as a table on a terminal. Layer: _progress."""

from __future__ import annotations

from rich.table import Table

from .stats import ComponentStats, UpdateStats

_COLUMNS = ("done", "added", "reprocessed", "unchanged", "deleted", "failed", "in progress")


def table_of(stats: UpdateStats, title: str | None) -> Table:
    """One row for each function, and their sum where there are several; the title stands in the corner."""
    table = Table(title or "", *_COLUMNS, box=None)
    for name, numbers in sorted(stats.by_component.items()):
        table.add_row(name, *_cells(numbers))
    if len(stats.by_component) > 1:
        table.add_row("total", *_cells(stats.total), style="bold")
    return table


def _cells(numbers: ComponentStats) -> list[str]:
    failed = f"[red]{numbers.num_errors}[/red]" if numbers.num_errors else ""
    others = (numbers.num_adds, numbers.num_reprocesses, numbers.num_unchanged, numbers.num_deletes)
    done = f"{numbers.num_finished}/{max(numbers.num_execution_starts, numbers.num_finished)}"
    return [done, *(str(number or "") for number in others), failed, str(numbers.num_in_progress or "")]
