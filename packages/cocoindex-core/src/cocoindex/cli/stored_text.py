"""Formats stored paths and target states as lines, blocks and trees. Layer `cli`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .._inspect.details import StablePathDetail, StablePathInfo, StablePathNodeType, TargetStateEntry
from .._inspect.path_text import PathTexts

_INDENT = "  "


def path_lines(infos: Iterable[StablePathInfo]) -> Iterator[str]:
    """Yield one line for each path."""
    texts = PathTexts()
    return (f"{_INDENT}{texts.text(info.path)}" for info in infos)


def path_tree(infos: Iterable[StablePathInfo]) -> Iterator[str]:
    """Yield one line for each path, indented below its parent; paths are complete, so that they can be copied."""
    texts = PathTexts()
    for info in infos:
        depth, text = texts.depth(info.path), texts.text(info.path)
        mark = " [component]" if info.node_type is StablePathNodeType.component else ""
        yield f"{_INDENT * max(depth - 1, 0)}- {text}{mark}"


def path_blocks(details: Iterable[StablePathDetail], fingerprints: bool) -> Iterator[str]:
    """Yield several lines with all details of each path, followed by an empty line."""
    texts = PathTexts()
    for detail in details:
        yield f"  {texts.text(detail.path)}"
        yield f"    type:{detail.node_type} version:{detail.version} processor:{detail.processor_name or '-'}"
        memo = str(detail.has_memoization).lower()
        yield f"    has_memoization:{memo} target_state_count:{detail.target_state_count}"
        if detail.target_state_items:
            yield "    Target states:"
        for item in detail.target_state_items:
            states = ", ".join(f"{version}:{state}" for version, state in item.states)
            generation = item.provider_generation and ".".join(map(str, item.provider_generation))
            yield f"      - path:{item.fingerprint_path if fingerprints else item.target_state_path}"
            yield f"        states:{states} schema_version:{item.provider_schema_version} generation:{generation}"
        yield ""


def state_lines(states: Iterable[TargetStateEntry], fingerprints: bool) -> Iterator[str]:
    """Yield two lines for each target state: its path and its owner."""
    texts = PathTexts()
    for state in states:
        yield f"  {state.fingerprint_path if fingerprints else state.readable_path}"
        yield f"    {_owner(state, texts)}"


def state_tree(states: Iterable[TargetStateEntry], fingerprints: bool) -> Iterator[str]:
    """Yield a line for each part of the target states' paths, below that of its parent."""
    root: dict[str, Any] = {}
    owners: dict[tuple[str, ...], str] = {}
    texts = PathTexts()
    for state in states:
        segments = tuple(state.fingerprint_path[1:].split("/")) if fingerprints else state.readable_segments
        at = root
        for segment in segments:
            at = at.setdefault(segment, {})
        owners[segments] = _owner(state, texts)
    return _branches(root, owners)


def _branches(root: dict[str, Any], owners: dict[tuple[str, ...], str]) -> Iterator[str]:
    path: list[str] = []
    levels = [iter(root.items())]
    while levels:
        segment, below = next(levels[-1], ("", None))
        if below is None:
            levels.pop()
            del path[-1:]
            continue
        path.append(segment)
        yield f"{_INDENT * (len(path) - 1)}- {segment} {owners.get(tuple(path), '')}".rstrip()
        levels.append(iter(below.items()))


def _owner(state: TargetStateEntry, texts: PathTexts) -> str:
    return f"owner:{texts.text(state.owner_component_path)}{' (dangling)' if state.dangling else ''}"
