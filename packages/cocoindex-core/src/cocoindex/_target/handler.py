"""The interface of connectors: a handler that reconciles, and its results. Layer: _target."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Protocol

from .._keys import StableKey
from .._values import NonExistenceType
from .type_variables import ActionT, HandlerT_co, OptChildHandlerT, TrackingRecordT, ValueT_contra

if TYPE_CHECKING:
    from .sink import TargetActionSink


class TargetReconcileOutput(NamedTuple, Generic[ActionT, TrackingRecordT, OptChildHandlerT]):
    """The action needed for one target state, with its sink and tracking record.

    Args:
        action: passed to the sink; any object.
        sink: applies it, in a batch with others of the same sink.
        tracking_record: stored for the next update; `NON_EXISTENCE` after a delete.
        child_invalidation: what the action does to a container's children: `destructive` if all are lost,
            `lossy` if some of their data may be lost, None if nothing is.
    """

    action: ActionT
    sink: TargetActionSink[ActionT]
    tracking_record: TrackingRecordT | NonExistenceType
    child_invalidation: Literal["destructive", "lossy"] | None = None


class Applied(NamedTuple, Generic[TrackingRecordT]):
    """The result of an action, as its sink reports it; see `reports=` of `TargetActionSink.from_fn`.

    Args:
        tracking_record: stored in place of the record that `reconcile` returned.
        child_invalidation: the effect on a container's children, as in `TargetReconcileOutput`.
    """

    tracking_record: TrackingRecordT
    child_invalidation: Literal["destructive", "lossy"] | None = None


class SettledRecords(list[TrackingRecordT]):
    """Previous records of which one certainly applies, although `prev_may_be_missing` is True.

    This happens when an update applies everything again (`full_reprocess`): the target state was applied before, and
    nothing indicates that it is gone.
    """


class Contents(Protocol):
    """What earlier runs applied to a container, for the sink that acts on it; reads the store, from any thread."""

    def samples(self, separator: str, most: int) -> Iterator[list[str]]:
        """Return some of the keys that are tracked in the container: of those that are texts, up to `most` of each
        group with the same text before their last `separator`. Keys of over 400 bytes are left out."""
        ...

    def is_applied(self, key: StableKey) -> bool:
        """Return whether the last action on this target state succeeded, so that the container holds it if nobody
        else has removed it."""
        ...


class TargetHandler(Protocol[ValueT_contra, TrackingRecordT, OptChildHandlerT]):
    """Compares desired target states with the tracking records of earlier runs, for one provider.

    A handler may also have `attachments() -> dict[str, TargetHandler]`: handlers of auxiliary target states
    (indexes, triggers) that belong to the same container, by the name of their kind.

    Tracking records are deserialized as the type annotated for `prev_possible_records`, or as the handler's
    `tracking_record_type`, if it has that attribute.

    `tracks_value_fingerprint = True` declares that the tracking record is
    `connectorkits.fingerprint.fingerprint_object(value)`, and that a value with the same fingerprint needs no action.
    `reconcile` is then not called for an unchanged value, if the value is plain data: None, bool, int, float, str,
    bytes, and lists, tuples and dicts (with str keys) of these. Containers are always reconciled.

    `removes_children_first = True`, on a handler of containers, declares that deleting a container leaves its contents.
    The target states tracked below a container that is removed, or that an action is `destructive` for, are then
    removed by actions of their own handler. These come before the container's action, in the same call if both have
    the same sink; that sink needs a `child_handler=`. If the handler of containers has a method
    `removal_handler(action)`, the contents are reconciled by the handler that it returns, or not at all for None.

    `with_contents(action, contents)`, of a handler of containers, returns the action with the `Contents` of a container
    that an earlier run applied. Its sink can then check whether others have removed parts of it.

    `physical_identity(key, context)` returns what a target state stands for, such as the absolute path of a file: two
    target states with equal identities are one thing, however they were declared. It returns a stable key, or None if
    unknown. If one of them goes while the other is declared, nothing is removed. `physical_places(key, context)`, of
    handlers whose items can also be declared in another container, returns the containers in which the same thing may
    have been declared: pairs of a container's identity and the key in it.
    """

    def reconcile(
        self,
        key: StableKey,
        desired_target_state: ValueT_contra | NonExistenceType,
        prev_possible_records: Collection[TrackingRecordT],
        prev_may_be_missing: bool,
        /,
    ) -> TargetReconcileOutput[Any, TrackingRecordT, OptChildHandlerT] | None:
        """Return the action that makes the target state the desired one; None for no action. Does no I/O.

        Args:
            key: the key that was declared.
            desired_target_state: the declared value, or `NON_EXISTENCE` if it is to be removed.
            prev_possible_records: the states that earlier runs may have left; several after an interruption.
            prev_may_be_missing: whether the target may hold nothing under the key.
        """
        ...


class ChildTargetDef(NamedTuple, Generic[HandlerT_co]):
    """The handler of a container's children; a sink may return one per action, in the order of the actions."""

    handler: HandlerT_co
