"""What a user may do where Ray does not let this process connect."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_MODE: Final = "RAY_AUTH_MODE"
_TOKENS: Final = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")


def advice(error: Exception) -> str:
    """What to do about an exception of `ray.init`, as the end of a sentence; nothing where that is not known."""
    text = str(error)
    if "ersion mismatch" in text:
        return "; install the cluster's versions of Python and Ray here"
    if "Failed to connect" in text:  # Ray says so, too, where the cluster refused it
        return f"; if the cluster asks for a token, {_about_tokens()}"
    if "uthenticat" in text or "token" in text.lower():
        return f"; {_about_tokens()}"
    return ""


def _about_tokens() -> str:
    """Ray sends one to an address only where it is told to, and `ray start` asks for one where this machine has one."""
    if os.environ.get(_MODE, "").lower() == "token":
        return "set RAY_AUTH_TOKEN (or RAY_AUTH_TOKEN_PATH) to that of the cluster: the one here is missing or another"
    own = Path.home() / ".ray" / "auth_token"
    if any(name in os.environ for name in _TOKENS) or own.is_file():
        return "set RAY_AUTH_MODE=token, so that the token that this machine has is sent"
    return "set RAY_AUTH_MODE=token, and RAY_AUTH_TOKEN (or RAY_AUTH_TOKEN_PATH) to that of the cluster"
