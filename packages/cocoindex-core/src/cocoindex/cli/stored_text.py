"""The text of what is stored: paths and target states as lines, blocks and trees. Layer `cli`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .._inspect.details import StablePathDetail, StablePathInfo, StablePathNodeType, TargetStateEntry

_INDENT = "  "


def path_lines(infos: Iterable[StablePathInfo]) -> Iterator[str]:
    """Yield a line for each path."""
    return (f"{_INDENT}{info.path}" for info in infos)


def path_tree(infos: Iterable[StablePathInfo]) -> Iterator[str]:
    """Yield a line for each path, with its last part only, below that of its parent."""
    for info in infos:
        parts = info.path.parts()
        last = str(type(info.path).from_parts(parts[-1:]))
        mark = " [component]" if info.node_type is StablePathNodeType.COMPONENT else ""
        yield f"{_INDENT * max(len(parts) - 1, 0)}- {last.removeprefix('/') or last}{mark}"


def path_blocks(details: Iterable[StablePathDetail]) -> Iterator[str]:
    """Yield some lines for each path, which say all that is known of it, and an empty one after them."""
    for detail in details:
        yield f"  {detail.path}"
        yield f"    type:{detail.node_type} version:{detail.version} processor:{detail.processor_name or '-'}"
        memo = str(detail.has_memoization).lower()
        yield f"    has_memoization:{memo} target_state_count:{detail.target_state_count}"
        if detail.target_state_items:
            yield "    Target states:"
        for item in detail.target_state_items:
            existence = "MaybeMissing" if item.may_be_missing else "Existing"
            yield f"      - path:{item.path}"
            yield f"        states:{item.possible_records}:{existence} generation:{item.generation}"
        yield ""


def state_lines(states: Iterable[TargetStateEntry], fingerprints: bool) -> Iterator[str]:
    """Yield two lines for each target state: its path and its owner."""
    for state in states:
        yield f"  {state.fingerprint_path if fingerprints else state.readable_path}"
        yield f"    {_owner(state)}"


def state_tree(states: Iterable[TargetStateEntry], fingerprints: bool) -> Iterator[str]:
    """Yield a line for each part of the target states' paths, below that of its parent."""
    root: dict[str, Any] = {}
    owners: dict[tuple[str, ...], str] = {}
    for state in states:
        segments = tuple(state.fingerprint_path[1:].split("/")) if fingerprints else state.readable_segments
        at = root
        for segment in segments:
            at = at.setdefault(segment, {})
        owners[segments] = _owner(state)
    return _branches(root, (), owners)


def _branches(tree: dict[str, Any], above: tuple[str, ...], owners: dict[tuple[str, ...], str]) -> Iterator[str]:
    for segment, below in tree.items():
        path = (*above, segment)
        yield f"{_INDENT * len(above)}- {segment} {owners.get(path, '')}".rstrip()
        yield from _branches(below, path, owners)


def _owner(state: TargetStateEntry) -> str:
    return f"owner:{state.owner_component_path}{' (dangling)' if state.dangling else ''}"
