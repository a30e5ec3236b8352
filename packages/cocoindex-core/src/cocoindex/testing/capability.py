"""What a connector may be able to do, and how its driver claims it. Testing kit."""

from __future__ import annotations

from enum import Enum
from typing import Any


class Capability(Enum):
    """What a connector may be able to do; the checks of what a driver does not claim are skipped.

    A driver claims a capability by giving what its checks need: an attribute with a value, or a method. There is no
    list to be kept in step with it.

    Attributes:
        label: what a report calls it.
        member: the attribute or method of the driver that claims it; empty where every connector has it.
    """

    ITEMS = "items", ""
    CONTAINERS = "containers", "on_removal"
    REFUSED_ITEMS = "items that it refuses", "refused"
    SPELLINGS = "equal keys in two spellings", "spellings"
    ODD_KEYS = "odd keys", "odd_keys"
    ODD_VALUES = "odd values", "odd_values"
    ITEMS_OF_OTHERS = "items of others", "put_by_hand"
    REMOVED_BY_HAND = "containers removed by hand", "remove_by_hand"
    MADE_BY_HAND = "containers made by hand", "make_by_hand"
    TOLD_APART = "containers of others made anew", "told_apart"
    MANAGED_BY_USER = "containers that the user manages", "mount_of_user"
    ADOPTION = "adopted containers", "mount_adopted"
    SCHEMA_CHANGES = "schema changes", "changes"
    ATTACHMENTS = "attachments", "attachments"
    TRANSACTIONS = "transactions", "transactional"
    SHARED_CONTAINERS = "containers of several apps", "shared"
    OUTAGES = "outages", "go_away"
    READING = "reading", ""
    BY_CONTENT = "changes told by content", "by_content"
    SAME_LOOKS = "changes that keep size and time", "put_alike"
    BROKEN_LISTINGS = "broken listings", "break_listing"
    LARGE_SOURCES = "many items in constant memory", "fill"
    LIVE = "live changes", ""
    CHANGES_BETWEEN_RUNS = "changes between runs", "remembers"
    BROKEN_CONNECTIONS = "broken connections", "disconnects"
    CALLS = "calls", ""
    OWN_PROCESSES = "calls in other processes", "own_processes"
    CALLS_AT_ONCE = "calls at the same time", "parallel"
    ENDED_CALLS = "calls that end when they are cancelled", "ends_cancelled"
    CONTEXT_VALUES = "context values", "runner_with"

    def __init__(self, label: str, member: str) -> None:
        self.label = label
        self.member = member

    def is_claimed(self, driver: Any) -> bool:
        """Whether the driver gives what the checks of it need."""
        if not self.member:
            return True
        if self is Capability.CONTAINERS:
            return bool(driver.on_removal != "items")
        given = getattr(type(driver), self.member)
        if callable(given):
            return not given.__module__.startswith("cocoindex.testing")
        return bool(getattr(driver, self.member))
