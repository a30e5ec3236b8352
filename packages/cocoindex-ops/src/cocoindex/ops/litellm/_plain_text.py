"""Prevents LiteLLM from reading a text as a reference to a file. Ops layer."""

from __future__ import annotations

import re
from typing import Final

_REFERENCE: Final = re.compile(r"data:[^,]*;base64,|gs://|files/")


def as_plain_text(text: str) -> str:
    """Return `text`, with a leading space if LiteLLM would read it as a reference to fetch or decode."""
    return f" {text}" if _REFERENCE.match(text) else text
