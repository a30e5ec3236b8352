"""The LiteLLM library, imported at first use, with its logging and telemetry off. Ops layer."""

from __future__ import annotations

import importlib
import os
from typing import Any

from cocoindex.errors import MissingExtraError


def load_litellm() -> Any:
    """Return the module `litellm`, without debug output and telemetry.

    It uses its local table of models instead of downloading one, unless `LITELLM_LOCAL_MODEL_COST_MAP` is set.

    Raises:
        MissingExtraError: (an `ImportError`) it is not installed.
    """
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    try:
        litellm: Any = importlib.import_module("litellm")
    except ImportError as error:
        raise MissingExtraError("using a model through LiteLLM", "cocoindex-ops", "litellm", error) from error
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    return litellm
