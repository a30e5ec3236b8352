"""Says why a text cannot be written as UTF-8. Ops layer."""

from __future__ import annotations


def why_not_utf8(text: str) -> str | None:
    """Say why UTF-8 cannot hold a text; None where it can."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return (
            f"character {error.start} is {text[error.start]!r}, half of a surrogate pair, which UTF-8 cannot "
            "hold; decode the text with errors='replace', or leave such characters out"
        )
    return None
