"""Removes U+0000 from texts, because PostgreSQL cannot store it, with a warning.

Postgres connector, row layer.
"""

from __future__ import annotations

import logging

from cocoindex.connectorkits import shown

__all__ = ["without_nul"]

_log = logging.getLogger(__name__)
_said = False


def without_nul(text: str) -> str:
    """`text` without U+0000. The first time in a process, a warning says that something was removed."""
    if "\0" not in text:
        return text
    global _said
    if not _said:
        _said = True
        _log.warning(
            "U+0000 is removed from texts that are written to PostgreSQL, which cannot store it; said once, of %s",
            shown(text),
        )
    return text.replace("\0", "")
