"""What one call of a mount function says about all the components that it mounts. Layer: _engine."""

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
        """Who is told when each of several components is complete: a `mount_each`, or a `stats_group`."""

        def child_complete(self, propagated: BaseException | None) -> None:
            """One of them is; what left the outermost exception handler, if anything did."""
            ...

        def child_put_off(self, child: Component) -> None:
            """One of them goes on when all else is done; its `go_on` is to be called where somebody waits."""
            ...

    class Told(Protocol):
        """Who is told that a component is complete, in place of the one that mounted it.

        Attributes:
            member: the live range that it is.
        """

        @property
        def member(self) -> Lasting: ...

        async def overtakes(self, child: Component) -> bool:
            """Whether a newer call decides about the child, or does so within a moment."""
            ...

        def ended(self, child: Component) -> None:
            """It is; what it ran with is still there."""
            ...


class MountCall:
    """Made once a call, whether it mounts one component or a million.

    Attributes:
        parent: the component that runs, or what stands for it; None for the root.
        processor: the function to run.
        kwargs: its keyword arguments.
        kind: what exception handlers are told of it.
        handlers: whom to tell of a failure.
        board: where the components are counted.
        members: whom to tell when one is complete.
        told: who is told of that in place of the parent.
        background: whether failures go to the handlers; else whoever waits raises them.
        lane: the sink that one of the components has waited for last, or called.
        deadline: when the time of a caller that waits is over.
        under_memo: whether a component above is memoized, so that it has to be known what these depend on.
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
