"""Errors of clusters, and of calls on them."""

from cocoindex.errors import CocoIndexError, WorkerDiedError


class RayClusterError(CocoIndexError, RuntimeError):
    """There is no cluster at the address, or it cannot be used from here."""


class RayCallError(WorkerDiedError):
    """A call has no result: its worker or node died, or no node of the cluster can run it."""
