"""Removes U+0000 from texts, with a warning, because PostgreSQL cannot store it.

Postgres connector, row layer.
"""

from __future__ import annotations

import logging

from cocoindex.connectorkits import shown

__all__ = ["without_nul"]

_log = logging.getLogger(__name__)
_said = False


def without_nul(text: str) -> str:
    """Return `text` without U+0000; log a warning the first time in a process that one is removed."""
    if "\0" not in text:
        return text
    global _said
    if not _said:
        _said = True
        _log.warning(
            "U+0000 is removed from texts that are written to PostgreSQL, which cannot store it; this warning appears "
            "only once, for the text %s",
            shown(text),
        )
    return text.replace("\0", "")
