"""The capabilities of connectors, and how a driver claims them. Testing kit."""

from __future__ import annotations

from enum import Enum
from typing import Any


class Capability(Enum):
    """A capability of a connector. If the driver does not claim it, its checks are skipped.

    A driver claims a capability by defining what its checks need: an attribute with a value, or a method. No separate
    list has to be maintained.

    Attributes:
        label: its name in reports.
        member: the attribute or method of the driver that claims it; empty if every connector has the capability.
    """

    ITEMS = "items", ""
    CONTAINERS = "containers", "on_removal"
    REFUSED_ITEMS = "rejected items", "refused"
    SPELLINGS = "equivalent keys", "spellings"
    ODD_KEYS = "unusual keys", "odd_keys"
    ODD_VALUES = "unusual values", "odd_values"
    ITEMS_OF_OTHERS = "foreign items", "put_by_hand"
    REMOVED_BY_HAND = "containers removed externally", "remove_by_hand"
    MADE_BY_HAND = "containers created externally", "make_by_hand"
    TOLD_APART = "containers replaced externally", "told_apart"
    MANAGED_BY_USER = "user-managed containers", "mount_of_user"
    ADOPTION = "adopted containers", "mount_adopted"
    SCHEMA_CHANGES = "schema changes", "changes"
    ATTACHMENTS = "attachments", "attachments"
    TRANSACTIONS = "transactions", "transactional"
    SHARED_CONTAINERS = "containers shared by several apps", "shared"
    OUTAGES = "outages", "go_away"
    READING = "reading", ""
    BY_CONTENT = "change detection by content", "by_content"
    SAME_LOOKS = "changes that keep size and modification time", "put_alike"
    BROKEN_LISTINGS = "failed listings", "break_listing"
    LARGE_SOURCES = "constant memory use", "fill"
    LIVE = "live changes", ""
    CHANGES_BETWEEN_RUNS = "changes between runs", "remembers"
    BROKEN_CONNECTIONS = "lost connections", "disconnects"
    CALLS = "calls", ""
    OWN_PROCESSES = "calls in separate processes", "own_processes"
    CALLS_AT_ONCE = "concurrent calls", "parallel"
    ENDED_CALLS = "cancellation of calls", "ends_cancelled"
    CONTEXT_VALUES = "context values", "runner_with"

    def __init__(self, label: str, member: str) -> None:
        self.label = label
        self.member = member

    def is_claimed(self, driver: Any) -> bool:
        """Return whether the driver defines what the checks need."""
        if not self.member:
            return True
        if self is Capability.CONTAINERS:
            return bool(driver.on_removal != "items")
        given = getattr(type(driver), self.member)
        if callable(given):
            return not given.__module__.startswith("cocoindex.testing")
        return bool(getattr(driver, self.member))
