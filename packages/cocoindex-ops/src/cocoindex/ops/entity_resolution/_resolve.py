"""`resolve_entities`: groups names of the same entity. Ops layer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from cocoindex.connectorkits import is_number, is_whole, shown
from cocoindex.resources.embedder import Embedder

from ._decision import PairResolver
from ._group import Group
from ._policy import ExistingCanonicalPolicy
from ._resolution_event import ResolutionEvent
from ._resolved_entities import ResolvedEntities
from ._similarity import measure
from .errors import EntityArgumentError

_log = logging.getLogger("cocoindex")


async def resolve_entities(
    entities: Iterable[str],
    *,
    embedder: Embedder,
    resolve_pair: PairResolver,
    is_existing_canonical: Callable[[str], bool] | None = None,
    existing_policy: ExistingCanonicalPolicy = ExistingCanonicalPolicy.PINNED,
    on_resolution: Callable[[ResolutionEvent], None] | None = None,
    max_distance: float = 0.3,
    top_n: int = 5,
) -> ResolvedEntities:
    """Group the names that name the same entity, and choose a canonical name for each group.

    All names are embedded concurrently. Then each name, in alphabetical order, is compared with the earlier ones; if
    some are similar, `resolve_pair` is called with their canonical names. Groups of unrelated names are resolved
    concurrently; the result is the same as one after the other.

    Args:
        entities: the names; duplicates count once.
        embedder: returns the vector of a name.
        resolve_pair: decides whether a name names the same entity as one of a few candidates, such as
            `cocoindex.ops.entity_resolution.llm_resolver.LlmPairResolver`.
        is_existing_canonical: returns whether a name is already canonical.
        existing_policy: how existing canonical names are treated.
        on_resolution: called for each name once all are resolved, in order of resolution. If resolving fails or is
            cancelled, it is first called for the groups of similar names that were resolved.
        max_distance: the largest cosine distance at which names are compared.
        top_n: maximum number of candidates passed to `resolve_pair`.

    Raises:
        EntityArgumentError: (a `TypeError` or `ValueError`) invalid argument.
        PairDecisionError: (a `ValueError`) `resolve_pair` returned an invalid decision.
        MissingExtraError: (an `ImportError`) numpy is not installed.
    """
    names = _names(entities)
    _check_numbers(max_distance, top_n)
    policy = _policy(existing_policy)
    existing = frozenset() if is_existing_canonical is None else frozenset(filter(is_existing_canonical, names))
    if not names:
        return ResolvedEntities({})
    similarity = await measure(names, embedder, max_distance)
    groups = [Group(some, existing, policy, similarity, resolve_pair, top_n) for some in similarity.groups()]
    try:
        await _all(groups)
    except BaseException:
        try:
            _tell([group for group in groups if group.is_done], on_resolution)
        except Exception:  # the original error is more important
            _log.exception("on_resolution failed, after resolving had failed or was cancelled")
        raise
    _tell(groups, on_resolution)
    dedup = {name: above for group in groups for name, above in group.dedup.items()}
    return ResolvedEntities({name: dedup[name] for name in names})


def _tell(groups: list[Group], on_resolution: Callable[[ResolutionEvent], None] | None) -> None:
    if on_resolution is not None:
        events = [event for group in groups for event in group.events]
        for event in sorted(events, key=lambda event: (not event.seeded, event.entity)):
            on_resolution(event)


async def _all(groups: list[Group]) -> None:
    """Resolve the groups concurrently; if one fails, cancel the others."""
    tasks = [asyncio.ensure_future(group.resolve()) for group in groups]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _names(entities: Iterable[str]) -> list[str]:
    if isinstance(entities, str):
        raise EntityArgumentError(f"entities is one str, {shown(entities)}; give several names, such as a set of them")
    names = set(entities)
    for name in names:
        if not isinstance(name, str):
            raise EntityArgumentError(f"the name of an entity is a str, not {shown(name)}")
    return sorted(names)


def _check_numbers(max_distance: float, top_n: int) -> None:
    if not is_number(max_distance) or max_distance < 0:
        raise EntityArgumentError(f"max_distance is a cosine distance from 0 to 2, not {shown(max_distance)}")
    if not is_whole(top_n) or top_n < 0:
        raise EntityArgumentError(f"top_n is a whole number from 0 on, not {shown(top_n)}")


def _policy(policy: str) -> ExistingCanonicalPolicy:
    try:
        return ExistingCanonicalPolicy(policy)
    except ValueError as error:
        raise EntityArgumentError(
            f"existing_policy is ExistingCanonicalPolicy.PINNED or .PREFERRED, not {shown(policy)}"
        ) from error
