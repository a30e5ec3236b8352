"""What is stored of a component and of a target state, in words that a reader understands. Layer: _inspect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from .._engine import record
from .._engine.batch import Batch
from .._engine.entries import load
from .._engine.facts import Facts
from .._engine.keyspace import owner_key
from .._engine.record import Entry
from .._keys import ROOT_PATH, StablePath
from .._store import AppStore
from .provider_paths import ProviderPaths
from .stored_tree import StoredNode, StoredTree


class StablePathNodeType(StrEnum):
    """What is at a path: a component, or a mere part of the paths of others."""

    COMPONENT = "component"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True)
class StablePathInfo:
    """A path in use.

    Attributes:
        path: the path.
        node_type: whether a component is there.
    """

    path: StablePath
    node_type: StablePathNodeType


@dataclass(frozen=True, slots=True)
class TargetStateSummary:
    """What is remembered of one target state of a component.

    Attributes:
        path: its readable path: the name of the root provider, then the keys down to its own.
        possible_records: how many tracking records it may have; more than one after an interruption.
        may_be_missing: whether the target may hold nothing there.
        generation: that of the provider when it was last applied.
    """

    path: str
    possible_records: int
    may_be_missing: bool
    generation: int


@dataclass(frozen=True, slots=True)
class StablePathDetail:
    """What is stored of a path.

    Attributes:
        path: the path.
        node_type: whether a component is there; the other fields are empty where none is.
        version: the format of the component's record.
        processor_name: the name of its function.
        has_memoization: whether it may be skipped when nothing changed.
        target_state_count: how many target states it owns.
        target_state_items: those target states.
    """

    path: StablePath
    node_type: StablePathNodeType
    version: int = 0
    processor_name: str = ""
    has_memoization: bool = False
    target_state_count: int = 0
    target_state_items: tuple[TargetStateSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetStateEntry:
    """A target state and who owns it.

    Attributes:
        owner_component_path: the component that declares it.
        readable_path, readable_segments: its path: the name of the root provider, then the keys down to its own.
        fingerprint_path: the same path with a hash for each part.
        dangling: whether another component has taken it over meanwhile, so that this one will forget it.
    """

    owner_component_path: StablePath
    readable_path: str
    readable_segments: tuple[str, ...]
    fingerprint_path: str
    dangling: bool


class StoredApp:
    """Everything that is stored of one app."""

    def __init__(self, store: AppStore) -> None:
        self.tree = StoredTree(store)
        self._store = store
        self._facts = Facts(store)
        self._providers = ProviderPaths(store)

    def info(self, node: StoredNode) -> StablePathInfo:
        """Return what is at a node."""
        return StablePathInfo(node.path, _type_of(node))

    def detail(self, node: StoredNode) -> StablePathDetail:
        """Return what is stored of a node; `RecordError` where its record cannot be read."""
        if not node.data:
            return StablePathDetail(node.path, StablePathNodeType.DIRECTORY)
        header = record.header_of(node.data, node.path)
        states = tuple(self._summary(entry) for entry in self._entries(node))
        return StablePathDetail(
            path=node.path,
            node_type=StablePathNodeType.COMPONENT,
            version=header.format,
            processor_name=self._facts.name(record.head_of(node.data, node.path).name),
            has_memoization=bool(header.flags & record.MEMO),
            target_state_count=len(states),
            target_state_items=states,
        )

    def target_states(self) -> Iterator[TargetStateEntry]:
        """Return the target states of all components, in the order of the components' paths."""
        for node in self.tree.subtree(ROOT_PATH):
            for entry in self._entries(node):
                segments = self._providers.segments(entry.provider, entry.key)
                yield TargetStateEntry(
                    owner_component_path=node.path,
                    readable_path="/" + "/".join(segments),
                    readable_segments=tuple(segments),
                    fingerprint_path="/" + "/".join(self._providers.fingerprints(entry.provider, entry.key)),
                    dangling=self._store.get(owner_key(entry.provider, entry.key)) != node.key,
                )

    def _entries(self, node: StoredNode) -> list[Entry]:
        return list(load(Batch(self._store), node.data, node.path).values()) if node.data else []

    def _summary(self, entry: Entry) -> TargetStateSummary:
        path = "/" + "/".join(self._providers.segments(entry.provider, entry.key))
        return TargetStateSummary(path, len(entry.records), entry.missing, entry.generation)


def _type_of(node: StoredNode) -> StablePathNodeType:
    return StablePathNodeType.COMPONENT if node.data else StablePathNodeType.DIRECTORY
