"""Definitions shared by the targets of several connectors.

Layer: connectorkits.
"""

from __future__ import annotations

from enum import StrEnum

from .._target.handler import Applied as Applied
from .._target.handler import Contents as Contents
from .._target.handler import SettledRecords as SettledRecords

__all__ = ["Applied", "Contents", "ManagedBy", "SettledRecords"]


class ManagedBy(StrEnum):
    """Who creates and removes a container (a table, a topic, a collection). A member equals its string.

    Attributes:
        SYSTEM: the framework, as the app declares it.
        USER: the user; the framework only writes into it.
    """

    SYSTEM = "system"
    USER = "user"


# Messages, `help()` and pickles show this public module, not the private one that defines the class.
Applied.__module__ = Contents.__module__ = SettledRecords.__module__ = __name__
