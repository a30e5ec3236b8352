"""Ray, imported when it is needed, as that takes a second. Some of it has types and some has not, so none is said."""

from __future__ import annotations

import os
from typing import Any


def ray() -> Any:
    """The module `ray`."""
    # Both are read when Ray is imported. It would try a call for ever that needs more memory than there is.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_task_oom_retries", "3")
    import ray

    return ray
