"""What a connector implements: a handler that reconciles, and what it gives back. Layer: _target."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Protocol

from .._keys import StableKey
from .._values import NonExistenceType
from .type_variables import ActionT, HandlerT_co, OptChildHandlerT, TrackingRecordT, ValueT_contra

if TYPE_CHECKING:
    from .sink import TargetActionSink


class TargetReconcileOutput(NamedTuple, Generic[ActionT, TrackingRecordT, OptChildHandlerT]):
    """What has to be done for one target state.

    Args:
        action: what the sink is given; any object.
        sink: applies it, in a batch with others of the same sink.
        tracking_record: what to remember for the next update, or `NON_EXISTENCE` after a delete.
        child_invalidation: what the action does to a container's children: `destructive` where all are lost,
            `lossy` where some of their data may be, None where nothing is.
    """

    action: ActionT
    sink: TargetActionSink[ActionT]
    tracking_record: TrackingRecordT | NonExistenceType
    child_invalidation: Literal["destructive", "lossy"] | None = None


class Applied(NamedTuple, Generic[TrackingRecordT]):
    """What a sink found out while it applied an action; see `reports=` of `TargetActionSink.from_fn`.

    Args:
        tracking_record: what to remember, in place of what `reconcile` said.
        child_invalidation: what happened to a container's children, as in `TargetReconcileOutput`.
    """

    tracking_record: TrackingRecordT
    child_invalidation: Literal["destructive", "lossy"] | None = None


class SettledRecords(list[TrackingRecordT]):
    """Previous records of which one certainly holds, given where `prev_may_be_missing` is True all the same.

    That is so where the update is to apply everything again (`full_reprocess`): the target state was applied before,
    and nothing says that it is gone.
    """


class TargetHandler(Protocol[ValueT_contra, TrackingRecordT, OptChildHandlerT]):
    """Compares what is wanted with what is remembered, for the target states of one provider.

    A handler may also have `attachments() -> dict[str, TargetHandler]`: handlers of auxiliary target states
    (indexes, triggers) that hang on the same container, by the name of their kind.

    Tracking records are read again as the type that `prev_possible_records` is annotated with, or as the handler's
    `tracking_record_type`, where it has that attribute.

    With `tracks_value_fingerprint = True`, a handler says that its tracking record is what
    `connectorkits.fingerprint.fingerprint_object` gives for the value, and that a value with that fingerprint needs no
    action. `reconcile` is then not called for a value that has not changed, if the value is plain data: None, bool,
    int, float, str, bytes, and lists, tuples and dicts (by str) of these. Containers are always reconciled.

    With `removes_children_first = True`, the handler of containers says that a container's own delete leaves what is in
    it. What is tracked below a container that is removed, or that an action is `destructive` for, is then removed by
    actions of its own handler. They come in the same call of the sink, before the container's action, where both
    have the same sink; that sink needs a `child_handler=`. Where the handler of containers has a method
    `removal_handler(action)`, what is below is reconciled by what that returns instead, or not at all where it is None.

    With `physical_identity(key, context)`, a handler says what a target state really is, such as the absolute path
    of a file: two target states for which it gives equal values are one thing, however they were declared. It returns
    a stable key, or None where it does not know. Where one goes while the other is declared, nothing is removed. With
    `physical_places(key, context)`, the handler of a root provider says in which containers the same may have been
    declared: pairs of a container's identity and the key in it.
    """

    def reconcile(
        self,
        key: StableKey,
        desired_target_state: ValueT_contra | NonExistenceType,
        prev_possible_records: Collection[TrackingRecordT],
        prev_may_be_missing: bool,
        /,
    ) -> TargetReconcileOutput[Any, TrackingRecordT, OptChildHandlerT] | None:
        """What to do so that the target state becomes the desired one; None for nothing. Does no I/O.

        Args:
            key: the key that was declared.
            desired_target_state: the declared value, or `NON_EXISTENCE` where it is to be removed.
            prev_possible_records: what earlier runs may have left; several after an interruption.
            prev_may_be_missing: whether it is possible that the target holds nothing under the key.
        """
        ...


class ChildTargetDef(NamedTuple, Generic[HandlerT_co]):
    """The handler of a container's children; a sink may return one per action, in the order of the actions."""

    handler: HandlerT_co
