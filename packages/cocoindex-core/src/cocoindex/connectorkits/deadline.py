"""The time left of the caller's timeout, for code that waits or retries (public kit of connectors and operations)."""

from .._runtime.deadline import remaining_seconds as remaining_seconds

remaining_seconds.__module__ = __name__
