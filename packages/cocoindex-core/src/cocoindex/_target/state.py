"""Target states and their providers: what exists at which path of which target. Layer: _target."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic

from cocoindex._shown import masked, shown

from .._keys import StableKey, StablePath, Symbol, encode_key
from .._values import call_misfit
from ..errors import PendingTargetError, TargetHandlerError, TargetStateError
from .pending import PendingS, ResolvesTo
from .type_variables import ChildHandlerT, ChildHandlerT_co, DeclaredT_contra, MaybePendingS, ValueT

if TYPE_CHECKING:
    from .._values import StoredType
    from .handler import TargetHandler

_MOST_ATTACHED = 8


class TargetState(Generic[ChildHandlerT_co]):
    """One thing that should exist in a target: a key under a provider, and the desired value."""

    __slots__ = ("_encoded_key", "key", "provider", "value")

    def __init__(self, provider: TargetStateProvider[Any, Any, Any], key: StableKey, value: Any) -> None:
        self.provider = provider
        self.key = key
        self._encoded_key = encode_key(key)
        self.value = value

    def __repr__(self) -> str:
        return masked(f"TargetState({self.path})")

    @property
    def path(self) -> StablePath:
        """The path that identifies it: the root provider's name, then the keys down to its own key."""
        return self.provider.path / self.key


class TargetStateProvider(ResolvesTo["TargetStateProvider"], Generic[DeclaredT_contra, ChildHandlerT, MaybePendingS]):
    """Creates the target states of one target, or of one of its containers.

    You get one from `register_root_target_states_provider`, from `declare_target_state_with_child` (pending until the
    container is applied), from `mount_target`, or from `attachment`.
    """

    __slots__ = (
        "_attachments",
        "_has_identity",
        "_memo_key",
        "_record_type",
        "_removes_children_first",
        "_resolved_handler",
        "_takes_contents",
        "_tracks_value",
        "key",
        "parent",
    )

    def __init__(self, parent: TargetStateProvider[Any, Any, Any] | None, key: StableKey, handler: Any) -> None:
        self.parent = parent
        self.key = key
        self._resolved_handler = handler
        self._attachments: dict[str, TargetStateProvider[Any, Any]] | None = None
        self._memo_key: str | None = None
        self._record_type: StoredType | None = None
        # Whether a value with an unchanged fingerprint needs no action, as the handler declares.
        self._tracks_value = False
        self._removes_children_first = self._has_identity = self._takes_contents = False
        if handler is not None:
            self._resolve(handler)

    @property
    def path(self) -> StablePath:
        parts: list[StableKey] = []
        at: TargetStateProvider[Any, Any, Any] | None = self
        while at is not None:
            parts.append(at.key)
            at = at.parent
        return StablePath.from_parts(tuple(reversed(parts)))

    @property
    def memo_key(self) -> str:
        """Return the provider's part of a memo key: its path."""
        if self._memo_key is None:
            self._memo_key = str(self.path)
        return self._memo_key

    def __coco_memo_key__(self) -> str:
        return self.memo_key

    def __repr__(self) -> str:
        return masked(f"TargetStateProvider({self.path})")

    def target_state(self, key: StableKey, value: DeclaredT_contra) -> TargetState[ChildHandlerT]:
        """Return the target state for `key` with the desired `value`; pass it to `declare_target_state`."""
        return TargetState(self, key, value)

    def attachment(self, att_type: str) -> TargetStateProvider[Any, Any]:
        """Return the provider of auxiliary target states of one kind, as named by the handler's `attachments()`.

        Raises:
            PendingTargetError: (a ValueError and RuntimeError) the container has not been applied yet.
            TargetStateError: (a ValueError) the handler has no attachments of that kind.
            TargetHandlerError: (a TypeError) `att_type` is not a str.
        """
        if not isinstance(att_type, str):
            raise TargetHandlerError(
                f"attachments of the target {self.path} are named by a str, not by {shown(att_type)}"
            )
        self.handler()
        attachments = self._attachments or {}
        try:
            return attachments[att_type]
        except KeyError:
            known = ", ".join(map(repr, attachments)) or "none"
            raise TargetStateError(
                f"the target {self.path} has no attachments of the kind {att_type!r}; its handler's attachments() "
                f"names: {known}"
            ) from None

    def handler(self) -> TargetHandler[Any, Any, Any]:
        """Return the handler; raise `PendingTargetError` if the container has not been applied yet."""
        if self._resolved_handler is None:
            raise PendingTargetError(
                f"the target {self.path} is pending: its container has not been applied yet, or its sink gave no "
                "handler for its children. Mount it (`await coco.mount_target(...)`) before declaring what is in it, "
                "and have the container's reconcile() return an output in every run"
            )
        return self._resolved_handler  # type: ignore[no-any-return]  # set from a sink's untyped result

    def is_resolved(self) -> bool:
        return self._resolved_handler is not None

    def _resolve(self, handler: Any, around: tuple[Any, ...] = ()) -> None:
        """Set the handler, and create the providers of its attachments.

        Args:
            around: the handlers whose attachments this one is among, outermost first.
        """
        _check_handler(handler, self)
        _check_attachment(handler, self, around)
        self._resolved_handler = handler
        self._record_type = None
        self._tracks_value = bool(getattr(handler, "tracks_value_fingerprint", False))
        self._removes_children_first = bool(getattr(handler, "removes_children_first", False))
        self._has_identity = callable(getattr(handler, "physical_identity", None))
        self._takes_contents = callable(getattr(handler, "with_contents", None))
        if getattr(handler, "attachments", None) is not None:
            self._attachments = {}
            for name, child in _attachments_of(handler, self):
                attachment = self._attachments[name] = TargetStateProvider(self, Symbol(name), None)
                attachment._resolve(child, (*around, handler))

    def _attachment_providers(self) -> list[TargetStateProvider[Any, Any]]:
        return list((self._attachments or {}).values())


def _check_handler(handler: Any, provider: TargetStateProvider[Any, Any, Any]) -> None:
    """Raise if `handler` lacks a valid `reconcile`, before the first target state is declared."""
    if isinstance(handler, type):
        raise TargetHandlerError(
            f"the handler of {provider.path} is the class {handler.__qualname__}; give an instance of it"
        )
    what = f"the handler of {provider.path}, a {type(handler).__name__},"
    reconcile = getattr(handler, "reconcile", None)
    if not callable(reconcile):
        raise TargetHandlerError(f"{what} has no reconcile() method")
    if inspect.iscoroutinefunction(reconcile):
        raise TargetHandlerError(
            f"{what} has an async reconcile(); it has to be sync, as it does no I/O: I/O belongs in the sink"
        )
    if (why := call_misfit(reconcile, (None, None, (), True))) is not None:
        raise TargetHandlerError(
            f"{what} has a reconcile() that does not take key, desired_target_state, prev_possible_records and "
            f"prev_may_be_missing, which it is called with: {why}"
        )


def _check_attachment(handler: Any, provider: TargetStateProvider[Any, Any, Any], around: tuple[Any, ...]) -> None:
    """Raise if the attachments of handlers never end."""
    if any(handler is outer for outer in around):
        why = "is its own attachment, directly or through others"
    elif len(around) > _MOST_ATTACHED:
        why = f"is an attachment of an attachment, more than {_MOST_ATTACHED} deep"
    else:
        return
    raise TargetHandlerError(
        f"the handler of {provider.path}, a {type(handler).__name__}, {why}; attachments() returns the handlers of "
        "auxiliary target states, such as indexes: give these a handler without that attachment"
    )


def _attachments_of(handler: Any, provider: TargetStateProvider[Any, Any, Any]) -> Iterable[tuple[str, Any]]:
    given = handler.attachments
    found = given() if callable(given) else None
    if isinstance(found, Mapping) and all(isinstance(name, str) for name in found):
        return found.items()
    if inspect.iscoroutine(found):
        found.close()
    raise TargetHandlerError(
        f"attachments() of the handler of {provider.path}, a {type(handler).__name__}, is a sync method that returns a "
        f"dict of handlers by the names of their kinds; it gave {shown(given if found is None else found)}"
    )


PendingTargetStateProvider = TargetStateProvider[ValueT, ChildHandlerT, PendingS]
