"""The plan of a commit: the actions, and what is stored before and after them. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from msgspec.structs import replace

from .keyspace import owner_key
from .record import Entry, Stored, as_stored, maybe_missing

if TYPE_CHECKING:
    from .._target.sink import TargetActionSink
    from .._target.state import TargetState, TargetStateProvider
    from .batch import Batch
    from .ownership import Heir
    from .providers import ProviderRow
    from .stored_states import StateId

Declared: TypeAlias = "tuple[TargetState[Any], ProviderRow, TargetStateProvider[Any, Any, Any] | None]"
"""A target state that a component declared in this run, and the provider of what is below it."""

Acted: TypeAlias = "tuple[StateId, TargetState[Any]]"
"""What an action is on."""

Share: TypeAlias = "tuple[list[Any], list[TargetStateProvider[Any, Any, Any] | None]]"
"""What one sink is to do for a component: the actions, and for each the provider of what is below."""


class Container(msgspec.Struct, frozen=True):
    """An action on a container, and its effect on what is tracked below it.

    Attributes:
        provider, key: the container, as its provider's id and its encoded key.
        child: the provider of its children, if it was declared with one in this run.
        gone: whether the container is removed.
        moved: whether it stays under another name, with its contents.
        invalidation: the effect of the action on the children.
    """

    provider: int
    key: bytes
    child: TargetStateProvider[Any, Any, Any] | None
    gone: bool
    invalidation: str | None
    moved: bool = False


class Shared:
    """The part of a plan that concerns other components which declare the same target states.

    Attributes:
        owners: the keys of their records, which the plan reads or changes.
        taken: target states taken over by this component, by the record key of their former owner.
        joined: target states that this component also declares, but leaves to their owner.
        inherited: target states that it no longer declares, and that another component inherits.
        stands: the identity rows to write; see `physical`.
        vacated: the identity rows to delete after the actions are applied.
        moved: for new containers, the target states that already stand for the same thing.
    """

    __slots__ = ("inherited", "joined", "moved", "owners", "stands", "taken", "vacated")

    def __init__(self) -> None:
        self.owners: set[bytes] = set()
        self.taken: dict[bytes, list[StateId]] = {}
        self.joined: list[StateId] = []
        self.inherited: dict[StateId, Heir] = {}
        self.stands: dict[bytes, list[StateId]] = {}
        self.vacated: list[bytes] = []
        self.moved: dict[StateId, StateId] = {}


class Finding(msgspec.Struct, frozen=True):
    """What a sink reported about one target state: the encoded tracking record, and the effect on its children."""

    record: bytes
    child_invalidation: str | None


class Reports:
    """The reports of sinks.

    Attributes:
        acted: the target state of each action; None for a removal.
        applied: the reports.
    """

    __slots__ = ("acted", "applied")

    def __init__(self) -> None:
        self.acted: dict[TargetActionSink[Any], list[Acted | None]] = {}
        self.applied: dict[StateId, Finding] = {}


class Plan:
    """The plan of one component.

    Large collections are plain dicts and tuples, because this is the hottest path for components with many states.

    Attributes:
        old: the entries stored so far.
        kept: the entries of `old` that do not change.
        after: the new entries, true once the actions are applied.
        before: the possible entries until then, where they differ from "`after` or nothing".
        reported: whether the sinks' reports replace the planned entries.
        removed: target states whose entries are deleted after the actions are applied.
        gone: target states that no longer belong to this component: another one has them, or their container is gone.
        claimed: target states without an owner that become this component's.
        shared: the part that concerns other components; None if there is none.
        shares: the actions, by sink.
        containers: the actions on containers.
        reports: the reports of sinks; None if no sink reports.
        uncertain: whether something must be checked again in the next update.
        outdated: whether something was declared in a container that is gone, so that the component must run again.
        left: target states that must be removed, and whose container is unknown so far.
    """

    __slots__ = (
        "after",
        "before",
        "claimed",
        "containers",
        "gone",
        "kept",
        "left",
        "old",
        "outdated",
        "removed",
        "reported",
        "reports",
        "shared",
        "shares",
        "uncertain",
    )

    def __init__(self, old: dict[StateId, Entry]) -> None:
        self.old = old
        self.kept: dict[StateId, Entry] = {}
        self.after: dict[StateId, Stored] = {}
        self.before: dict[StateId, Stored] = {}
        self.removed: list[StateId] = []
        self.gone: list[StateId] = []
        self.left: list[StateId] = []
        self.claimed: list[StateId] = []
        self.shares: dict[TargetActionSink[Any], Share] = {}
        self.containers: list[Container] = []
        self.shared: Shared | None = None
        self.reports: Reports | None = None
        self.reported = self.uncertain = self.outdated = False

    @property
    def same_entries(self) -> bool:
        """Return whether the entries before the actions are those after them, except that each target state may be
        missing."""
        return not (self.before or self.kept or self.removed)

    @property
    def unchanged(self) -> bool:
        """Return whether the stored entries do not change."""
        return not (self.after or self.removed or self.gone)

    def changes_before(self) -> dict[StateId, Stored | None]:
        """Return the changes to `old` that hold until the actions are applied; None means deleted."""
        found: dict[StateId, Stored | None] = dict.fromkeys(self.gone)
        for state_id in self.removed:
            found[state_id] = self.before.get(state_id) or maybe_missing(as_stored(self.old[state_id]))
        for state_id, entry in self.after.items():
            found[state_id] = self.before.get(state_id) or maybe_missing(entry)
        return found

    def add(
        self,
        sink: TargetActionSink[Any],
        action: Any,
        state_id: StateId = b"",
        item: Declared | None = None,
    ) -> None:
        """Add an action: a removal, or an action on the target state `state_id` that `item` declares."""
        share = self.shares.get(sink) or self.shares.setdefault(sink, ([], []))
        share[0].append(action)
        share[1].append(None if item is None else item[2])
        if sink._reports:
            self.note_acted(sink, None if item is None else (state_id, item[0]))

    def set_aside(self) -> dict[TargetActionSink[Any], tuple[Share, list[Acted | None]]]:
        """Remove and return the actions, so that others can be added before them."""
        acted = {} if self.reports is None else self.reports.acted
        found = {sink: (share, acted.pop(sink, [])) for sink, share in self.shares.items()}
        self.shares = {}
        return found

    def add_all(self, actions: dict[TargetActionSink[Any], tuple[Share, list[Acted | None]]]) -> None:
        """Add the actions again that were set aside."""
        for sink, (share, acted) in actions.items():
            before = self.shares.get(sink)
            if before is None:
                self.shares[sink] = share
            else:
                before[0].extend(share[0])
                before[1].extend(share[1])
            if acted:
                assert self.reports is not None
                self.reports.acted.setdefault(sink, []).extend(acted)

    def note_acted(self, sink: TargetActionSink[Any], acted: Acted | None) -> None:
        """Record the target state of an action, for a sink that reports."""
        if self.reports is None:
            self.reports = Reports()
        self.reports.acted.setdefault(sink, []).append(acted)

    def sharing(self) -> Shared:
        """Return the part that concerns other components, created by the first call."""
        if self.shared is None:
            self.shared = Shared()
        return self.shared

    def take_up_reports(self, reports: Reports) -> None:
        """Replace the planned entries by the sinks' reports."""
        for state_id, finding in reports.applied.items():
            stored = self.after.get(state_id) or as_stored(self.kept.pop(state_id))
            provider, key, _, *rest = stored
            self.after[state_id] = (provider, key, [finding.record], *rest)
        for at, container in enumerate(self.containers):
            found = reports.applied.get(owner_key(container.provider, container.key))
            # What was planned to be destroyed is, whatever else the sink found.
            if found is not None and found.child_invalidation is not None and container.invalidation != "destructive":
                self.containers[at] = replace(container, invalidation=found.child_invalidation)
        self.reported = bool(reports.applied)

    def forget_removed(self, batch: Batch) -> None:
        """Delete the owner rows, and the identity rows, of what was removed."""
        for state_id in self.removed:
            batch.delete(state_id)
        if self.shared is not None:
            for row in self.shared.vacated:
                batch.delete(row)

    def changes_below(self) -> bool:
        """Return whether an action on a container may change its contents, so that it must not run beside actions on
        these."""
        return any(
            not container.moved and (container.gone or container.invalidation is not None)
            for container in self.containers
        )

    def changes_after(self) -> dict[StateId, Stored | None]:
        """Return the changes to `old` after the actions are applied."""
        if not (self.gone or self.removed):
            return dict(self.after)
        return {**dict.fromkeys(self.gone), **dict.fromkeys(self.removed), **self.after}
