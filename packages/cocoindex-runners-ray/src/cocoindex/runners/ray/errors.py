"""Errors of clusters, and of calls on them."""

from cocoindex.errors import CocoIndexError, WorkerDiedError


class RayClusterError(CocoIndexError, RuntimeError):
    """There is no cluster at the address, it cannot be used from here, or the connection to it was lost."""


class RayCallError(WorkerDiedError):
    """A call has no result: its worker or node died, or no node of the cluster can run it."""
