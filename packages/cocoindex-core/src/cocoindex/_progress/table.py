"""The numbers of a report, and its live ranges, as tables on a terminal. Layer: _progress."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from .._runtime.range_report import RangeReport
from .range_lines import MOST_RANGES, and_more, lag_of, moment, most_telling, rescan
from .stats import ComponentStats, UpdateStats

_COLUMNS = ("done", "added", "reprocessed", "unchanged", "deleted", "failed", "in progress")
_RANGE_COLUMNS = (
    "ready since",
    "in the last minute",
    "waiting",
    "lag",
    "failed",
    "retries",
    "restarts",
    "rescanned",
    "",
)


def table_of(stats: UpdateStats, title: str | None) -> Table:
    """One row for each function, and their sum where there are several; the title stands in the corner."""
    table = Table(title or "", *_COLUMNS, box=None)
    for name, numbers in sorted(stats.by_component.items()):
        table.add_row(name, *_cells(numbers))
    if len(stats.by_component) > 1:
        table.add_row("total", *_cells(stats.total), style="bold")
    return table


def ranges_table(reports: list[RangeReport]) -> Table:
    """One row for each live range."""
    table = Table("live", *_RANGE_COLUMNS, box=None)
    told = most_telling(reports, MOST_RANGES)
    for report in told:
        table.add_row(
            Text(report.path),
            "" if report.ready_since is None else moment(report.ready_since),
            str(report.last_minute or ""),
            str(report.waiting or ""),
            lag_of(report),
            f"[red]{report.failed}[/red]" if report.failed else "",
            str(report.retries or ""),
            str(report.restarts or ""),
            Text(rescan(report)),
            Text(report.note),
        )
    if len(told) < len(reports):
        table.add_row(and_more(len(reports) - len(told)))
    return table


def _cells(numbers: ComponentStats) -> list[str]:
    failed = f"[red]{numbers.num_errors}[/red]" if numbers.num_errors else ""
    others = (numbers.num_adds, numbers.num_reprocesses, numbers.num_unchanged, numbers.num_deletes)
    done = f"{numbers.num_finished}/{max(numbers.num_execution_starts, numbers.num_finished)}"
    return [done, *(str(number or "") for number in others), failed, str(numbers.num_in_progress or "")]
