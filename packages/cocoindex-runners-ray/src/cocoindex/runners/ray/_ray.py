"""Imports Ray when it is needed, as that takes a second; typed as `Any`, because only a part of Ray has types."""

from __future__ import annotations

import os
from typing import Any, Final

#: The variable for the time after which Ray ends a program whose cluster does not answer.
SECONDS_WITHOUT_CLUSTER: Final = "RAY_gcs_rpc_server_reconnect_timeout_s"


def ray() -> Any:
    """Return the module `ray`."""
    # Ray reads these when it is imported. By default, it would retry a call forever that needs more memory than there
    # is, and would end the program after a minute without the cluster, too soon to close the connection.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_task_oom_retries", "3")
    os.environ.setdefault(SECONDS_WITHOUT_CLUSTER, "300")
    import ray

    return ray
