"""What committing one component means: which actions, and what is remembered before and after them. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from msgspec.structs import replace

from .keyspace import owner_key
from .record import Entry, Stored, as_stored, maybe_missing

if TYPE_CHECKING:
    from .._target.sink import TargetActionSink
    from .._target.state import TargetState, TargetStateProvider
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
    """An action on a container: what happens to what is tracked below it.

    Attributes:
        provider, key: which container: its provider's id and its encoded key.
        child: the provider of its children, where it was declared with one in this run.
        gone: whether the container is removed.
        moved: whether it stays under another name, with what is in it.
        invalidation: what the action does to the children.
    """

    provider: int
    key: bytes
    child: TargetStateProvider[Any, Any, Any] | None
    gone: bool
    invalidation: str | None
    moved: bool = False


class Shared:
    """What other components have to do with a plan, as they declare the same target states.

    Attributes:
        owners: the keys of their records, which the plan is made from or changes.
        taken: target states that become this component's, by the key of the record of their former owner.
        joined: target states that this component declares, too, and leaves to their owner.
        inherited: target states that it no longer declares, and that another one has from now on.
        stands: which target states stand for what, by the rows of that; see `physical`.
        moved: of containers among them the target states that stood for the same.
    """

    __slots__ = ("inherited", "joined", "moved", "owners", "stands", "taken")

    def __init__(self) -> None:
        self.owners: set[bytes] = set()
        self.taken: dict[bytes, list[StateId]] = {}
        self.joined: list[StateId] = []
        self.inherited: dict[StateId, Heir] = {}
        self.stands: dict[bytes, StateId] = {}
        self.moved: dict[StateId, StateId] = {}


class Finding(msgspec.Struct, frozen=True):
    """What a sink found out of one target state: the encoded tracking record, and what happened to its children."""

    record: bytes
    child_invalidation: str | None


class Reports:
    """What sinks that report found out.

    Attributes:
        acted: the target state of each action; None where it is removed.
        applied: what was reported.
    """

    __slots__ = ("acted", "applied")

    def __init__(self) -> None:
        self.acted: dict[TargetActionSink[Any], list[Acted | None]] = {}
        self.applied: dict[StateId, Finding] = {}


class Plan:
    """The plan of one component.

    What has many members is in plain dicts and tuples, as this is the hottest path for components with many states.

    Attributes:
        old: what is remembered so far.
        kept: of that, what stays as it is.
        after: what is to be remembered of the others once the actions are known to be applied.
        before: what is possible until then, where that is something else than `after` or nothing.
        reported: whether what is to be remembered is not what was planned.
        removed: target states of which nothing is remembered once the actions are applied.
        gone: target states that are no longer this component's: another one has them, or their container is gone.
        claimed: target states that become this component's, and were nobody's.
        shared: what other components have to do with it; None where they have nothing.
        shares: the actions, by sink.
        containers: of the actions those on containers.
        reports: of sinks that report what they found out; None where there are none.
        uncertain: whether something has to be looked at again in the next update.
    """

    __slots__ = (
        "after",
        "before",
        "claimed",
        "containers",
        "gone",
        "kept",
        "old",
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
        self.claimed: list[StateId] = []
        self.shares: dict[TargetActionSink[Any], Share] = {}
        self.containers: list[Container] = []
        self.shared: Shared | None = None
        self.reports: Reports | None = None
        self.reported = self.uncertain = False

    @property
    def same_entries(self) -> bool:
        """Whether before the actions all is as after them, but that each target state may be missing."""
        return not (self.before or self.kept or self.removed)

    @property
    def unchanged(self) -> bool:
        """Whether all is remembered as it was."""
        return not (self.after or self.removed or self.gone)

    def changes_before(self) -> dict[StateId, Stored | None]:
        """What differs from `old` until the actions are known to be applied; None for what is forgotten."""
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
        """Add an action: one that removes something, or on the target state `state_id` that `item` declares."""
        share = self.shares.get(sink) or self.shares.setdefault(sink, ([], []))
        share[0].append(action)
        share[1].append(None if item is None else item[2])
        if sink._reports:
            self.note_acted(sink, None if item is None else (state_id, item[0]))

    def set_aside(self) -> dict[TargetActionSink[Any], tuple[Share, list[Acted | None]]]:
        """Take out the actions, so that others can be added ahead of them."""
        acted = {} if self.reports is None else self.reports.acted
        found = {sink: (share, acted.pop(sink, [])) for sink, share in self.shares.items()}
        self.shares = {}
        return found

    def add_all(self, actions: dict[TargetActionSink[Any], tuple[Share, list[Acted | None]]]) -> None:
        """Put back what was set aside."""
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
        """Take note of what an action of a sink that reports is on."""
        if self.reports is None:
            self.reports = Reports()
        self.reports.acted.setdefault(sink, []).append(acted)

    def sharing(self) -> Shared:
        """What others have to do with it, which is made at the first call."""
        if self.shared is None:
            self.shared = Shared()
        return self.shared

    def take_up_reports(self, reports: Reports) -> None:
        """Have what is to be remembered be what the sinks found out."""
        for state_id, finding in reports.applied.items():
            stored = self.after.get(state_id) or as_stored(self.kept.pop(state_id))
            provider, key, _, *rest = stored
            self.after[state_id] = (provider, key, [finding.record], *rest)
        for at, container in enumerate(self.containers):
            found = reports.applied.get(owner_key(container.provider, container.key))
            if found is not None and found.child_invalidation is not None:
                self.containers[at] = replace(container, invalidation=found.child_invalidation)
        self.reported = bool(reports.applied)

    def changes_below(self) -> bool:
        """Whether an action on a container may change what is in it, so that it must not meet what changes that."""
        return any(
            not container.moved and (container.gone or container.invalidation is not None)
            for container in self.containers
        )

    def changes_after(self) -> dict[StateId, Stored | None]:
        """What differs from `old` once they are applied."""
        if not (self.gone or self.removed):
            return dict(self.after)
        return {**dict.fromkeys(self.gone), **dict.fromkeys(self.removed), **self.after}
