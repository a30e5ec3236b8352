"""Tasks and actors of Ray: how they are made and sent, and what their failures say."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any, Final

from ._actors import ActorSlot
from ._cluster import resources
from ._ray import ray
from ._slot import Slot
from ._worker import Actor, Setup, answer
from .errors import RayCallError, RayClusterError

# One that runs and one that is ready to, for each place that a call takes.
_AHEAD: Final = 2
_MOST_BYTES_INLINE: Final = 10_000


class TaskSlot(Slot):
    """The whole cluster, whose calls are tasks: Ray places them, and runs one again whose worker died.

    Args:
        setup: of the workers.
        options: Ray's, of a task.
        needs: what they say, by Ray's names.
    """

    def __init__(self, setup: Setup, options: Mapping[str, Any], needs: Mapping[str, float], max_retries: int) -> None:
        super().__init__(retries=0)
        self.is_ready = True
        self._function = ray().remote(max_retries=max_retries, **options)(answer)
        self._shared = _shared(setup)
        self._gpus = options.get("num_gpus", 0.0)
        self._needs = needs

    def capacity(self) -> int:
        total = resources()
        places = min((total.get(name, 0) / amount for name, amount in self._needs.items()), default=1.0)
        return max(1, int(places)) * _AHEAD

    def send(self, messages: list[bytes]) -> Any:
        return self._function.remote(self._shared, messages, self._gpus)

    def stop(self, reference: Any) -> None:
        ray().cancel(reference, force=True)


def make_actor_slots(
    setup: Setup, options: Mapping[str, Any], needs: Mapping[str, float], max_retries: int, count: int
) -> list[ActorSlot]:
    """A slot for each actor. None is started yet."""
    # One that Ray starts again, or a call that it sends again, would wait for a node that is gone.
    made = ray().remote(max_restarts=0, max_task_retries=0, **options)(Actor)
    shared = _shared(setup)
    gpus = options.get("num_gpus", 0.0)
    return [
        ActorSlot(made.remote, lambda actor, messages: actor.answer.remote(shared, messages, gpus), needs, max_retries)
        for _ in range(count)
    ]


def _shared(setup: Setup) -> Any:
    """What each task is sent of it: itself, or a reference where it is large, which costs more than a few bytes."""
    packed = pickle.dumps(setup)
    return packed if len(packed) < _MOST_BYTES_INLINE else ray().put(packed)


def has_died(error: BaseException) -> bool:
    """Whether an exception of Ray says that a worker or its node is gone, and the call may be run by another."""
    gone = ray().exceptions
    kinds = (gone.RayActorError, gone.WorkerCrashedError, gone.NodeDiedError, gone.OutOfMemoryError)
    return isinstance(error, (*kinds, gone.ObjectLostError))


def explain(error: BaseException, name: str, deaths: int = 0) -> Exception:
    """The exception of a call of `name` that failed with an exception of Ray, after its worker died that often."""
    if isinstance(error, (RayCallError, RayClusterError)):
        return type(error)(f"{name}: {error}")
    text = " ".join(line.strip() for line in str(error).splitlines() if line.strip())
    kind = type(error).__name__
    if "No module named 'cocoindex" in text:
        text = (
            "its worker has no cocoindex: install cocoindex-core and cocoindex-runners-ray of the same versions there"
        )
    elif kind == "OutOfMemoryError" or "OutOfMemory" in text or "due to memory pressure" in text:
        text = f"its worker ran out of memory; give the function resources={{'memory': ...}}: {text[:300]}"
    else:
        text = f"{kind}: {text[:500]}"
    tried = f" (its worker died {deaths} times)" if deaths > 1 else ""
    explained = RayCallError(f"the call of {name} on Ray has no result{tried}: {text}")
    explained.__cause__ = error
    return explained
