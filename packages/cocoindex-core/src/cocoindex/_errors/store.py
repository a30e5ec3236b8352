"""What goes wrong with the database on disk, and with the apps in it. Below every layer, behind `cocoindex.errors`."""

from __future__ import annotations

from .base import CocoIndexError


class RecordError(CocoIndexError, RuntimeError):
    """A record of the store cannot be read."""


class StoreError(CocoIndexError):
    """The database on disk cannot be used; the message names its folder."""


class StoreOpenError(StoreError, OSError):
    """The database cannot be opened or created where it was asked for."""


class StoreVersionError(StoreError, RuntimeError):
    """The database was written in a format that this version does not read."""


class StoreCorruptedError(StoreError, RuntimeError):
    """The database is damaged, or is not one of ours."""


class StoreFullError(StoreError, OSError):
    """The disk is full; nothing of that transaction was written."""


class StoreReadonlyError(StoreError, RuntimeError):
    """A write to a database that was opened read-only."""


class StoreClosedError(StoreError, RuntimeError):
    """The database was used after it was closed."""


class StoreKeyError(StoreError, ValueError):
    """Internal: a key in the database is empty, or longer than it can hold."""


class TooManyAppsError(StoreError, RuntimeError):
    """One process uses more apps of one database at once than it was opened for."""


class AppNotFoundError(StoreError, LookupError):
    """The database has no app of this name."""


class AppNameError(CocoIndexError, ValueError):
    """Invalid app name."""


class AppLockedError(StoreError, RuntimeError):
    """Another process, or another update in this one, is writing this app.

    Attributes:
        app: the name of the app.
        pid, host, since: who holds it, and since when (ISO 8601, UTC); None where that is not known.
        path: the lock file.
        live: whether it is a live update, which goes on until somebody stops it.
    """

    def __init__(
        self, app: str, pid: int | None, host: str | None, since: str | None, path: str, live: bool = False
    ) -> None:
        self.app, self.pid, self.host, self.since, self.path, self.live = app, pid, host, since, path, live
        holder = "another process" if pid is None else f"process {pid} on {host} since {since}"
        super().__init__(
            f"the app {app!r} is updated live by {holder} (lock file {path}), which goes on until it is stopped; "
            "stop that process first, by Ctrl-C or SIGTERM"
            if live
            else f"the app {app!r} is being updated or dropped by {holder} (lock file {path}); "
            "wait until it has finished, or stop it"
        )

    def __reduce__(self) -> tuple[type[AppLockedError], tuple[str, int | None, str | None, str | None, str, bool]]:
        return AppLockedError, (self.app, self.pid, self.host, self.since, self.path, self.live)
