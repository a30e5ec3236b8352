"""What DuckDB says of an error, in one line. DuckDB connector, lowest layer."""

from __future__ import annotations

__all__ = ["said"]


def said(error: object) -> str:
    """Return the text of an error of DuckDB in one line, without its excerpt of the statement."""
    text, _, _ = str(error).partition("\n\nLINE ")
    return " ".join(line.strip() for line in text.splitlines() if line.strip())
