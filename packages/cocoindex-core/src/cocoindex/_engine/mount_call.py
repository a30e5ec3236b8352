"""What one call of a mount function specifies for all components that it mounts. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Protocol

    from .._function.processor import Processor
    from .._runtime.counts import CountBoard
    from .._runtime.failure import ExceptionHandler, MountKind
    from .._target.sink import TargetActionSink
    from .anchor import Anchor
    from .component import Component
    from .roll import Lasting
    from .run import Run

    class Members(Protocol):
        """Listens to the completion of several components: for a `mount_each` or a `stats_group`."""

        def child_complete(self, propagated: BaseException | None) -> None:
            """Called when a component is complete, with the exception that left the outermost exception handler, if
            any."""
            ...

        def child_put_off(self, child: Component) -> None:
            """Called when a component is put off until everything else is done; a waiting caller must call its
            `go_on`."""
            ...

    class Told(Protocol):
        """Listens to the completion of a component, in place of the component that mounted it.

        Attributes:
            member: the live range, if it is one.
        """

        @property
        def member(self) -> Lasting: ...

        async def overtakes(self, child: Component) -> bool:
            """Return whether a newer call handles the child, or will in a moment."""
            ...

        def ended(self, child: Component) -> None:
            """Called when it is complete, while its data is still there."""
            ...


class MountCall:
    """Created once a call, whether the call mounts one component or a million.

    Attributes:
        parent: the running component, or its anchor; None for the root.
        processor: the function to run.
        kwargs: its keyword arguments.
        kind: the kind of mount, for exception handlers.
        handlers: the exception handlers.
        board: counts the components.
        members: is told when a component is complete.
        told: is told of that in place of the parent.
        background: whether failures go to the handlers; otherwise they are raised where somebody waits.
        lane: the sink that one of the components waited for or called last.
        deadline: the deadline of a waiting caller.
        under_memo: whether a component above is memoized, so that the dependencies of these are needed.
    """

    __slots__ = (
        "background",
        "board",
        "deadline",
        "handlers",
        "kind",
        "kwargs",
        "lane",
        "members",
        "parent",
        "processor",
        "run",
        "told",
        "under_memo",
    )

    def __init__(
        self,
        run: Run,
        parent: Component | Anchor | None,
        processor: Processor,
        kwargs: dict[str, Any],
        *,
        board: CountBoard,
        handlers: tuple[ExceptionHandler, ...],
        kind: MountKind = "mount",
        members: Members | None = None,
        told: Told | None = None,
        background: bool = True,
        deadline: float | None = None,
    ) -> None:
        self.run = run
        self.parent = parent
        self.processor = processor
        self.kwargs = kwargs
        self.board = board
        self.handlers = handlers
        self.kind = kind
        self.members = members
        self.told = told
        self.background = background
        self.deadline = deadline
        self.lane: TargetActionSink[Any] | None = None
        self.under_memo: bool = parent is not None and parent.children_under_memo
