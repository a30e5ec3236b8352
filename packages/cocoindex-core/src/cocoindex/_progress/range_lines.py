"""Live ranges as text: one line each. Layer: _progress."""

from __future__ import annotations

import datetime

from .._runtime.range_report import RangeReport

MOST_RANGES = 20
"""More than these nobody reads at a time."""

_SHORTEST_LAG_SECONDS = 0.05


def most_telling(reports: list[RangeReport], most: int) -> list[RangeReport]:
    """Return at most this many ranges: first those that failed, wait or restarted; ordered by path."""
    if len(reports) <= most:
        return reports
    told = sorted(reports, key=lambda report: not (report.failed or report.waiting or report.restarts))[:most]
    return sorted(told, key=lambda report: report.path)


def and_more(number: int) -> str:
    """Return the line for ranges that are left out."""
    return f"and {number} more live range{'' if number == 1 else 's'}"


def format_range(report: RangeReport) -> str:
    """Return one line, without empty parts."""
    ready = "not ready yet" if report.ready_since is None else f"ready since {moment(report.ready_since)}"
    parts = [ready, f"{counted(report.last_minute, 'change')} in the last minute"]
    if report.waiting:
        parts.append(f"{report.waiting} waiting")
    if lag := lag_of(report):
        parts.append(f"lag {lag}")
    if report.failed:
        parts.append(f"{report.failed} FAILED")
    if report.retries:
        parts.append(counted(report.retries, "retry", "retries"))
    if report.restarts:
        parts.append(counted(report.restarts, "restart"))
    if report.rescanned is not None:
        parts.append(f"rescanned {rescan(report)}")
    if report.note:
        parts.append(report.note)
    return f"live {report.path}: {', '.join(parts)}"


def lag_of(report: RangeReport) -> str:
    """Return how far it is behind, if that is notable."""
    return duration(report.lag) if report.lag >= _SHORTEST_LAG_SECONDS else ""


def rescan(report: RangeReport) -> str:
    """Return when the whole source was last read, and why."""
    if report.rescanned is None:
        return ""
    return moment(report.rescanned) + (f" ({report.why})" if report.why else "")


def moment(seconds: float) -> str:
    """Return a local time of day, with the date if it is not today."""
    at = datetime.datetime.fromtimestamp(seconds).astimezone()
    today = datetime.datetime.now().astimezone().date()
    return f"{at:%H:%M:%S}" if at.date() == today else f"{at:%Y-%m-%d %H:%M:%S}"


def duration(seconds: float) -> str:
    """Return a duration in short form."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"
