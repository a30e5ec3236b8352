"""What is left of the caller's time limit, for what waits or tries again (public kit of connectors and operations)."""

from .._runtime.deadline import remaining_seconds as remaining_seconds

remaining_seconds.__module__ = __name__
