"""Show how an update or drop gets on: in a table on a terminal, in plain lines elsewhere. Layer `cli`."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, TypeVar

from .._app.handles import Handle
from .._progress.stats import ComponentStats, UpdateStats

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

R = TypeVar("R")

_SECONDS = 0.2


def wants_table(quiet: bool) -> bool:
    """Return whether the progress is shown as a table; else the operation itself prints plain lines, unless `quiet`."""
    return not quiet and sys.stdout.isatty()


async def follow(handle: Handle[R], *, table: bool) -> R:
    """Wait for the operation, showing a table of its numbers if that is wanted; return its result."""
    if not table:
        return await handle.result()
    # Costs 100 ms, and is wanted here only.
    from rich.console import Console
    from rich.live import Live

    console = Console(file=sys.stdout)
    with Live(get_renderable=lambda: _table(handle.stats()), console=console, auto_refresh=False) as live:
        ticker = asyncio.ensure_future(_refresh(live))
        try:
            return await handle.result()
        finally:
            ticker.cancel()
            live.refresh()


async def _refresh(live: Live) -> None:
    while True:
        await asyncio.sleep(_SECONDS)
        live.refresh()


def _table(stats: UpdateStats | None) -> Table:
    from rich.table import Table

    table = Table("", "done", "added", "reprocessed", "unchanged", "deleted", "failed", "in progress", box=None)
    by_component = stats.by_component if stats else {}
    for name, numbers in sorted(by_component.items()):
        table.add_row(name, *_cells(numbers))
    if stats and len(by_component) > 1:
        table.add_row("total", *_cells(stats.total), style="bold")
    return table


def _cells(numbers: ComponentStats) -> list[str]:
    failed = f"[red]{numbers.num_errors}[/red]" if numbers.num_errors else ""
    others = (numbers.num_adds, numbers.num_reprocesses, numbers.num_unchanged, numbers.num_deletes)
    done = f"{numbers.num_finished}/{max(numbers.num_execution_starts, numbers.num_finished)}"
    return [done, *(str(number or "") for number in others), failed, str(numbers.num_in_progress or "")]
