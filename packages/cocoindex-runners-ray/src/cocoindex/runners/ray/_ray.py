"""Ray, imported when it is needed, as that takes a second. Some of it has types and some has not, so none is said."""

from __future__ import annotations

import os
from typing import Any, Final

#: How long Ray lets a program live whose cluster does not answer.
SECONDS_WITHOUT_CLUSTER: Final = "RAY_gcs_rpc_server_reconnect_timeout_s"


def ray() -> Any:
    """The module `ray`."""
    # All are read when Ray is imported. It would try a call for ever that needs more memory than there is, and end the
    # program when its cluster has not answered for a minute, which leaves too little time to end the connection.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_task_oom_retries", "3")
    os.environ.setdefault(SECONDS_WITHOUT_CLUSTER, "300")
    import ray

    return ray
