"""Containers that a sink reported as gone, and the components that run again to create them. Layer: _engine.

This is for live updates only: another update fails, and the next one creates the containers. No write is lost, because
everything in a newly created container is applied again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .._keys import encode_key
from .._runtime.log import log
from .backoff import LONGEST_RETRY_SECONDS, doubled
from .keyspace import owner_key, provider_key
from .memo_mark import RunAgain
from .stored_record import path_of

if TYPE_CHECKING:
    from .._target.state import TargetStateProvider
    from .plan import Plan
    from .run import Run

_FORGET_SECONDS = 4 * LONGEST_RETRY_SECONDS

_QUIET_TRIES = 2
"""So often a container that is made anew may be gone again before that counts as a failure of those who meet it."""


class _Loss:
    """One container that was gone recently.

    Attributes:
        provider: the provider of its children at that time.
        owner: the record key of the component that declared it.
        at: when the declaring component was last marked to run again.
        tries: how often that was done in a row.
        below_root: whether only a run of the root reaches that component.
    """

    __slots__ = ("at", "below_root", "owner", "provider", "tries")

    def __init__(self, provider: TargetStateProvider[Any, Any, Any], owner: bytes) -> None:
        self.provider = provider
        self.owner = owner
        self.below_root = False
        self.at = 0.0
        self.tries = 0

    def is_recent(self, now: float) -> bool:
        """Return whether the declaring component may just have run."""
        return bool(self.tries) and now - self.at < 2 * doubled(self.tries, LONGEST_RETRY_SECONDS)


class LostContainers:
    """Runs the components again that declared the lost containers, and logs each loss once."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._losses: dict[bytes, _Loss] = {}

    def takes(self, plan: Plan | None) -> bool:
        """Handle a ContainerLostError of a component or removal.

        Args:
            plan: its plan; None if it failed with an error of something below it.

        Returns:
            Whether this is not a failure of its own, because the container is created again.
        """
        now = self._run.loop.time()
        for state_id in [at for at, loss in self._losses.items() if now - loss.at > _FORGET_SECONDS]:
            del self._losses[state_id]
        if plan is None:
            return any(self._is_under_way(loss, now) and loss.tries <= _QUIET_TRIES for loss in self._losses.values())
        found = dict(self._containers(plan))
        if not found:
            return False
        for state_id, provider in found.items():
            self._take(state_id, provider, now)
        return all(self._losses[state_id].tries <= _QUIET_TRIES for state_id in found)

    def has_to_make(self, record_key: bytes, *, by_root: bool) -> bool:
        """Return whether a component must create a container again that no listing has run.

        Args:
            by_root: whether a run of the root runs the component. Otherwise only its own next call does, and until then
                the loss is reported to whoever meets it.
        """
        theirs = [loss for loss in self._losses.values() if loss.owner == record_key]
        for loss in theirs:
            loss.below_root = by_root
            if not by_root:
                loss.tries = _QUIET_TRIES + 1
        return bool(theirs)

    def root_made_all_anew(self) -> bool:
        """Return whether everything that a run of the root had to create is applied by now, or no longer declared."""
        return all(self._is_settled(loss.provider) for loss in self._losses.values() if loss.below_root)

    def _take(self, state_id: bytes, provider: TargetStateProvider[Any, Any, Any], now: float) -> None:
        owner = self._run.store.get(state_id)
        assert owner is not None
        loss = self._losses.setdefault(state_id, _Loss(provider, owner))
        if self._is_under_way(loss, now):
            return
        loss.provider, loss.owner, loss.below_root = provider, owner, False
        loss.at = now
        loss.tries += 1
        if loss.tries == 1:
            where = path_of(self._run.reading(), owner)
            log(
                logging.WARNING,
                f"the target {provider.path} no longer exists, or was replaced by another one; component {where}, "
                "which declared it, runs again: it is created again, and everything in it is applied again",
            )
        self._run.committer.add(RunAgain(self._run.rerun, owner))

    def _is_under_way(self, loss: _Loss, now: float) -> bool:
        """Return whether the declaring component will still run, or may just have run."""
        return loss.is_recent(now) or (bool(loss.tries) and not self._run.rerun.allows_memo(loss.owner))

    def _containers(self, plan: Plan) -> Iterator[tuple[bytes, TargetStateProvider[Any, Any, Any]]]:
        """Return the containers, at any depth, of the planned actions: their identities, and the providers of their
        children.

        Outer containers are included: if an outer one is gone, so is an inner one.
        """
        table, store = self._run.providers, self._run.store
        idents = {provider for provider, *_ in plan.after.values()}
        idents.update(plan.old[state_id].provider for state_id in plan.removed)
        for ident in idents:
            row = table.by_id(ident)
            at = None if row is None else row.provider
            while at is not None and at.parent is not None:
                state_id = owner_key(table.row(at.parent).id, encode_key(at.key))
                if store.get(state_id) is not None:
                    yield state_id, at
                at = at.parent

    def _is_settled(self, provider: TargetStateProvider[Any, Any, Any]) -> bool:
        assert provider.parent is not None
        table = self._run.providers
        key = provider_key(table.row(provider.parent).id, encode_key(provider.key))
        ident = self._run.facts.get(key)
        if ident is None:
            return True
        row = table.by_id(int.from_bytes(ident, "big"))
        return row is not None and row.provider is not provider
