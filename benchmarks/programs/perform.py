"""Does to an app what one measured process is for, and prints what was counted as one line of JSON.

Used by the benchmark programs.
"""

from __future__ import annotations

import json
from typing import Any

from counted_target import COUNTS

import cocoindex as coco


def perform(app: coco.App[Any, Any], action: str) -> None:
    """Update, fully reprocess or drop `app`: `action` is "update", "full" or "drop"."""
    if action == "drop":
        app.drop_blocking()
    else:
        app.update_blocking(full_reprocess=action == "full")
    print(json.dumps(COUNTS))
