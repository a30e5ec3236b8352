"""A handler that cannot reconcile is refused when it is registered, or when its container is applied, with the path."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import PendingTargetError, TargetHandlerError, TargetStateError


class Handler:
    def reconcile(self, key: Any, desired: Any, prev: Any, missing: bool, /) -> Any:
        return None


class Async:
    async def reconcile(self, key: Any, desired: Any, prev: Any, missing: bool, /) -> Any: ...


class Few:
    def reconcile(self, key: Any, desired: Any) -> Any: ...


class Many:
    def reconcile(self, key: Any, desired: Any, prev: Any, missing: bool, more: int) -> Any: ...


class Attribute:
    reconcile = 5


class ListOfAttachments(Handler):
    def attachments(self) -> Any:
        return [Handler()]


class AsyncAttachments(Handler):
    async def attachments(self) -> Any:
        return {}


class NoMethod(Handler):
    attachments = {"index": Handler()}  # noqa: RUF012  # what is tested


class NamesThatAreNone(Handler):
    def attachments(self) -> Any:
        return {1: Handler()}


class WrongAttachment(Handler):
    def attachments(self) -> Any:
        return {"index": Async()}


WRONG: list[tuple[Any, str]] = [
    (None, "a NoneType, has no reconcile"),
    (5, "a int, has no reconcile"),
    ("handler", "a str, has no reconcile"),
    ({"reconcile": print}, "a dict, has no reconcile"),
    (Attribute(), "a Attribute, has no reconcile"),
    (Handler, "is the class Handler; give an instance"),
    (Async(), r"has an async reconcile\(\)"),
    (Few(), "does not take key, .*: too many positional arguments"),
    (Many(), "does not take key, .*: missing a required argument: 'more'"),
    (ListOfAttachments(), "returns a dict of handlers by the names of their kinds; it gave \\["),
    (AsyncAttachments(), "returns a dict of handlers by the names of their kinds; it gave <coroutine"),
    (NoMethod(), "returns a dict of handlers by the names of their kinds; it gave {'index'"),
    (NamesThatAreNone(), "returns a dict of handlers by the names of their kinds; it gave {1:"),
    (WrongAttachment(), r"/@index, a Async, has an async reconcile"),
]


@pytest.mark.parametrize(("handler", "says"), WRONG)
def test_at_the_root(handler: Any, says: str) -> None:
    with pytest.raises(TargetHandlerError, match=rf"the handler of /@wrong_kind/root.*{says}") as caught:
        coco.register_root_target_states_provider("wrong_kind/root", handler)
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize(("handler", "says"), [pair for pair in WRONG if pair[0] is not None])
def test_in_a_container(make_app: Any, handler: Any, says: str) -> None:
    with pytest.raises(TargetHandlerError, match=rf'the handler of /@wrong_kind/tables/"t".*{says}'):
        mount_container(make_app, lambda context, action: handler)


def test_no_handler_for_a_container(make_app: Any) -> None:
    def forgets(context: Any, action: Any) -> Any: ...

    with pytest.raises(TargetHandlerError, match=r"child_handler= of the sink .*apply, .*forgets, returned None"):
        mount_container(make_app, forgets)


def mount_container(make_app: Any, child_handler: Any) -> None:
    def apply(context: Any, actions: Any) -> None: ...

    sink = coco.TargetActionSink.from_fn(apply, child_handler=child_handler)

    class Tables:
        def reconcile(self, key: Any, desired: Any, prev: Any, missing: bool, /) -> Any:
            return coco.TargetReconcileOutput("make", sink, 1)

    provider: Any = coco.register_root_target_states_provider("wrong_kind/tables", Tables())

    async def main() -> None:
        await coco.mount_target(provider.target_state("t", 1))

    make_app(main).update_blocking()


@pytest.mark.parametrize("wrong", [None, 5, b"name", ["name"], Handler])
def test_the_name_of_a_root(wrong: Any) -> None:
    with pytest.raises(TargetHandlerError, match="the name of a root provider is a str, not"):
        coco.register_root_target_states_provider(wrong, Handler())
    with pytest.raises(TargetStateError, match="the name of a root provider is empty"):
        coco.register_root_target_states_provider("", Handler())


@pytest.mark.parametrize("wrong", [None, 5, ["index"], {}, Handler])
def test_the_name_of_an_attachment(wrong: Any) -> None:
    provider: Any = coco.register_root_target_states_provider("wrong_kind/attached", Handler())
    with pytest.raises(TargetHandlerError, match="are named by a str, not by"):
        provider.attachment(wrong)


def test_attachments_of_a_container_that_is_not_applied_yet(make_app: Any) -> None:
    provider: Any = coco.register_root_target_states_provider("wrong_kind/pending", Handler())

    async def main() -> None:
        table: Any = coco.declare_target_state_with_child(provider.target_state("t", 1))
        table.attachment("index")

    with pytest.raises(PendingTargetError, match=r'/@wrong_kind/pending/"t" is pending.*await coco\.mount_target'):
        make_app(main).update_blocking()
