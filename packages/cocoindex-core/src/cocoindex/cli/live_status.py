"""The progress of an app's live update in another process, as `show --live` prints it. Layer `cli`."""

from __future__ import annotations

import contextlib
import datetime

import click

from .._progress.live_row import LiveStatus, stored_status
from .._progress.range_lines import and_more, format_range, moment
from .._store.interface import Database
from .._store.lock_holder import LockHolder
from .failure import FAILED


def show_live(database: Database | None, app: str) -> None:
    """Print the progress; if the lock of the app shows that no live update is running, exit with code 1."""
    holder = None if database is None else database.lock_holder(app)
    status = None if database is None else _status(database, app)
    if holder is None or not holder.live:
        click.echo(f"No live update of app {app!r} runs{_instead(holder, status)}", err=True)
        raise click.exceptions.Exit(FAILED)
    if status is not None and status.written < _started(holder):  # by one that was killed
        status = None
    ready = "ready" if status is not None and status.ready else "not ready yet"
    click.echo(f"App {app!r} is updated live by {_text_of(holder)}: {ready}")
    if status is not None:
        for report in status.ranges:
            click.echo(format_range(report))
        if status.more:
            click.echo(and_more(status.more))
        click.echo(f"As of {moment(status.written)}; changes are recorded every 5 s.")


def _status(database: Database, app: str) -> LiveStatus | None:
    if app not in database.list_apps():
        return None
    return stored_status(database.open_app(app, create=False))


def _instead(holder: LockHolder | None, status: LiveStatus | None) -> str:
    if holder is not None:
        return f"; {_text_of(holder)} updates or drops it"
    return "" if status is None else f"; the last one was interrupted, and was last seen at {moment(status.written)}"


def _text_of(holder: LockHolder) -> str:
    if holder.pid is None:
        return "another process"
    started = _started(holder)
    return f"process {holder.pid} on {holder.host}" + (f" since {moment(started)}" if started else "")


def _started(holder: LockHolder) -> float:
    """Return the start time, in seconds since 1970; 0 if unknown."""
    with contextlib.suppress(ValueError, TypeError):
        return datetime.datetime.fromisoformat(holder.since or "").timestamp()
    return 0.0
