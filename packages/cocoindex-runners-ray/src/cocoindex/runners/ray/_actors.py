"""Actors: long-lived workers, which are replaced if they die or are stopped."""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Final

from ._ray import ray
from ._slot import Slot

logger = logging.getLogger("cocoindex")

# Ray may place actors on a lost node before it notices the loss.
_TRIES_TO_START: Final = 6
_FIRST_PAUSE_SECONDS: Final = 0.1
_SECONDS_TO_END: Final = 5.0
_LOOKS_EVERY_SECONDS: Final = 0.01

_all: weakref.WeakSet[ActorSlot] = weakref.WeakSet()


class ActorSlot(Slot):
    """One actor. It takes tasks after its first answer, which it can give only when the cluster has room for it.

    Args:
        make: creates an actor.
        call: submits messages to an actor.
        needs: the resources that the actor occupies, by Ray's names.
        retries: how often the lane retries a call after its actor died.
    """

    says_when_stopped = True

    def __init__(
        self,
        make: Callable[[], Any],
        call: Callable[[Any, list[bytes]], Any],
        needs: Mapping[str, float],
        retries: int,
    ) -> None:
        super().__init__(retries)
        self.needs = needs
        self._make = make
        self._call = call
        self._actor: Any = None
        self._failed_starts = 0
        self._is_closed = False
        self._process = "", 0
        self._has_ended = threading.Event()
        _all.add(self)

    def start(self) -> None:
        """Create an actor without waiting for it; `changed` is called when it answers, or when it cannot be created."""
        try:
            actor = self._actor = self._make()
            answer = actor.ping.remote().future()
        except Exception as error:  # the cluster is gone
            self._give_up(error)
            return
        if self._is_closed:
            self.close()
            return
        answer.add_done_callback(self._answered)

    def capacity(self) -> int:
        return 1

    def send(self, messages: list[bytes]) -> Any:
        return self._call(self._actor, messages)

    def stop(self, reference: Any) -> None:
        """Wait until the actor has ended, which `lost` has begun."""
        self._has_ended.wait()

    def lost(self) -> None:
        if self.is_ready:
            self.is_ready = False
            self._has_ended = threading.Event()
            replace = threading.Thread(
                target=self._replace, args=[self._actor, self._has_ended], name="cocoindex-ray-actor", daemon=True
            )
            replace.start()

    def close(self, *, is_gone: bool = False) -> None:
        self._is_closed = True
        actor, self._actor = self._actor, None
        if actor is not None and not is_gone:  # else Ray would wait for the cluster
            try:
                ray().kill(actor)
            except Exception as error:  # the connection is closed
                logger.debug("an actor could not be ended: %s", error)

    def _replace(self, actor: Any, has_ended: threading.Event) -> None:
        """End an actor and start another one.

        Runs in its own thread: ending an actor waits for the thread in which Ray reports the results of calls.
        """
        try:
            ray().kill(actor)  # it may only have been unreachable, and still run the call
            self._wait_for_end()
        except Exception as error:
            logger.debug("an actor that died could not be ended: %s", error)
        finally:
            has_ended.set()
        if not self._is_closed:
            self.start()

    def _wait_for_end(self) -> None:
        """Wait until the process has ended if it is on this machine; Ray reports the actor as dead earlier."""
        node, pid = self._process
        until = time.monotonic() + _SECONDS_TO_END
        if node == ray().get_runtime_context().get_node_id():
            while _is_running(pid) and time.monotonic() < until:
                time.sleep(_LOOKS_EVERY_SECONDS)

    def _answered(self, answer: Future[Any]) -> None:
        error = answer.exception()
        if self._is_closed:
            return
        if error is None:
            self._failed_starts = 0
            self._process = answer.result()
            self.is_ready = True
            self.changed()
            return
        self._failed_starts += 1
        if self._failed_starts == _TRIES_TO_START or not _may_start_elsewhere(error):
            self._give_up(error)
            return
        pause = _FIRST_PAUSE_SECONDS * 2**self._failed_starts
        again = threading.Timer(pause, self._start_again)
        again.daemon = True
        again.start()

    def _start_again(self) -> None:
        if not self._is_closed:
            self.start()

    def _give_up(self, error: BaseException) -> None:
        self.failure = error
        self.changed()


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def held_by_actors() -> dict[str, float]:
    """Return the resources that the actors of this process occupy, by Ray's names."""
    held: dict[str, float] = {}
    for slot in [*_all]:
        if slot.is_ready and not slot._is_closed:
            for name, amount in slot.needs.items():
                held[name] = held.get(name, 0.0) + amount
    return held


def _may_start_elsewhere(error: BaseException) -> bool:
    """Say whether an actor failed to start because its node or process died, so that it may start elsewhere."""
    return isinstance(error, ray().exceptions.RayActorError) and not error.actor_init_failed
