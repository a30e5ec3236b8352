"""What the targets of several connectors have in common.

Layer: connectorkits.
"""

from __future__ import annotations

from enum import StrEnum

from .._target.handler import Applied as Applied
from .._target.handler import SettledRecords as SettledRecords

__all__ = ["Applied", "ManagedBy", "SettledRecords"]


class ManagedBy(StrEnum):
    """Who makes a container (a table, a topic, a collection) and removes it. A member equals its string.

    Attributes:
        SYSTEM: the framework does, as the app declares it.
        USER: the user does; the framework writes into it, and leaves it where it is.
    """

    SYSTEM = "system"
    USER = "user"


# Messages, `help()` and pickles name the place where users find things, not the one where they are written.
Applied.__module__ = SettledRecords.__module__ = __name__
