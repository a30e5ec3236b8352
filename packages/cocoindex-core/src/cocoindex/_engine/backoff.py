"""The pauses between retries. Layer: _engine."""

from __future__ import annotations

FIRST_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 300.0


def doubled(times: int, longest: float) -> float:
    """Return 1, 2, 4 … seconds."""
    return longest if times > 16 else min(FIRST_SECONDS * 2.0 ** (times - 1), longest)
