"""Advice for the user if Ray refuses the connection of this process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_MODE: Final = "RAY_AUTH_MODE"
_TOKENS: Final = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")


def advice(error: Exception) -> str:
    """Return advice about an exception of `ray.init`, as the end of a sentence; empty if there is none."""
    text = str(error)
    if "ersion mismatch" in text:
        return "; install the cluster's versions of Python and Ray here"
    if "Failed to connect" in text:  # also Ray's message if the cluster refused the connection
        return f"; if the cluster asks for a token, {_about_tokens()}"
    if "uthenticat" in text or "token" in text.lower():
        return f"; {_about_tokens()}"
    return ""


def _about_tokens() -> str:
    """Return advice about tokens.

    Ray sends a token to an address only if RAY_AUTH_MODE says so; a cluster requires one if the machine that started it
    has one.
    """
    if os.environ.get(_MODE, "").lower() == "token":
        return "set RAY_AUTH_TOKEN (or RAY_AUTH_TOKEN_PATH) to that of the cluster: the one here is missing or wrong"
    own = Path.home() / ".ray" / "auth_token"
    if any(name in os.environ for name in _TOKENS) or own.is_file():
        return "set RAY_AUTH_MODE=token, so that the token that this machine has is sent"
    return "set RAY_AUTH_MODE=token, and RAY_AUTH_TOKEN (or RAY_AUTH_TOKEN_PATH) to that of the cluster"
