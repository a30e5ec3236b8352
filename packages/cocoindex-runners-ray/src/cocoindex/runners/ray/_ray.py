"""Ray, imported when it is needed, as that takes a second. Some of it has types and some has not, so none is said."""

from __future__ import annotations

import os
from typing import Any


def ray() -> Any:
    """The module `ray`."""
    # Usage reports and the token that a local cluster asks for are read from the environment when Ray is imported.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    return ray
