"""Explains why a text cannot be encoded as UTF-8. Ops layer."""

from __future__ import annotations


def why_not_utf8(text: str) -> str | None:
    """Return the reason why a text cannot be encoded as UTF-8; None if it can."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return (
            f"character {error.start} is {text[error.start]!r}, half of a surrogate pair, which UTF-8 cannot "
            "hold; decode the text with errors='replace', or leave such characters out"
        )
    return None
