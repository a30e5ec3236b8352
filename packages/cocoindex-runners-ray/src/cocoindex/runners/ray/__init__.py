"""Runs functions on Ray: `@coco.fn.as_async(runner=RayRunner())`."""

from ._runner import RayRunner as RayRunner
from .errors import RayCallError as RayCallError
from .errors import RayClusterError as RayClusterError

#: The version of the interface for plugins that this is written for.
requires_api = 1

__all__ = ["RayCallError", "RayClusterError", "RayRunner"]

for _value in (RayRunner, RayCallError, RayClusterError):
    _value.__module__ = __name__
del _value
