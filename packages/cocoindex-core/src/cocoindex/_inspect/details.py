"""What is stored of a component and of a target state, in words that a reader understands. Layer: _inspect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .._engine import record
from .._engine.batch import Batch
from .._engine.facts import UNKNOWN_NAME, Facts
from .._engine.keyspace import claim_key, generation_key, owner_key, provider_key
from .._engine.record import Entry
from .._engine.stored_states import load
from .._keys import ROOT_PATH, StableKey, StablePath, decode_key
from .._store.interface import AppStore
from .provider_paths import ProviderPaths, fingerprint, joined, readable
from .stored_tree import StoredNode, StoredTree


class StablePathNodeType(StrEnum):
    """The kind of a path: a component, or only a prefix of other paths."""

    component = "component"
    directory = "directory"


@dataclass(frozen=True, slots=True)
class StablePathInfo:
    """A path in use.

    Attributes:
        path: the path.
        node_type: whether a component is there.
    """

    path: StablePath
    node_type: StablePathNodeType


class TargetStateVersion(NamedTuple):
    """One possible state of a target state; there are several after an interruption.

    Attributes:
        version: a number that is unique within the target state.
        state: `Existing`, or `Deleted` if the target may hold nothing.
    """

    version: int
    state: str


class ProviderGeneration(NamedTuple):
    """Identifies the children of a container; those of a recreated container are different ones.

    Attributes:
        provider_id: changes when all children are lost.
        provider_schema_version: increases when some of their data may be lost.
    """

    provider_id: int
    provider_schema_version: int


@dataclass(frozen=True, slots=True)
class TargetStateSummary:
    """What the store holds for one target state of a component.

    Attributes:
        target_state_path: its readable path: the name of the root provider, then the keys down to its own. In a
            container, `[provider_id=N]` follows and identifies the container of that path.
        fingerprint_path: the same path with a hash for each part.
        key: its key.
        states: its possible states.
        provider_schema_version: that of its container when it was last applied.
        provider_generation: that of what is in it, where it is a container.
    """

    target_state_path: str
    fingerprint_path: str
    key: StableKey
    states: tuple[TargetStateVersion, ...]
    provider_schema_version: int
    provider_generation: ProviderGeneration | None


@dataclass(frozen=True, slots=True)
class StablePathDetail:
    """What the store holds for a path.

    Attributes:
        path: the path.
        node_type: whether a component is there; without one the other fields are empty.
        version: the format of the component's record.
        processor_name: the name of its function.
        has_memoization: whether it can be skipped if nothing changed.
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
    """A target state and its owner.

    Attributes:
        owner_component_path: the component that declares it.
        readable_path, readable_segments: its path: the name of the root provider, then the keys down to its own.
        fingerprint_path: the same path with a hash for each part.
        dangling: whether the component no longer owns it because its container is gone; the component drops it at its
            next run. A target state that several components declare does not dangle.
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
            return StablePathDetail(node.path, StablePathNodeType.directory)
        header = record.header_of(node.data, node.path)
        states = tuple(self._summary(entry) for entry in self._entries(node))
        return StablePathDetail(
            path=node.path,
            node_type=StablePathNodeType.component,
            version=header.format,
            processor_name=self._name(record.head_of(node.data, node.path).name),
            has_memoization=bool(header.flags & record.MEMO),
            target_state_count=len(states),
            target_state_items=states,
        )

    def entries(self) -> Iterator[tuple[Entry, list[bytes]]]:
        """Return what is remembered of all target states, with the encoded parts of their providers' paths."""
        parts: dict[int, list[bytes]] = {}
        for node in self.tree.subtree(ROOT_PATH):
            for entry in self._entries(node):
                if entry.provider not in parts:
                    parts[entry.provider] = self._providers.parts(entry.provider, b"")[:-1]
                yield entry, parts[entry.provider]

    def target_states(self) -> Iterator[TargetStateEntry]:
        """Return the target states of all components, in the order of the components' paths."""
        for node in self.tree.subtree(ROOT_PATH):
            for entry in self._entries(node):
                parts = self._providers.parts(entry.provider, entry.key)
                segments = tuple(map(readable, parts))
                yield TargetStateEntry(
                    owner_component_path=node.path,
                    readable_path=joined(segments),
                    readable_segments=segments,
                    fingerprint_path=joined(map(fingerprint, parts)),
                    dangling=self._is_dangling(node, entry),
                )

    def _is_dangling(self, node: StoredNode, entry: Entry) -> bool:
        state_id = owner_key(entry.provider, entry.key)
        return self._store.get(state_id) != node.key and self._store.get(claim_key(state_id, node.data[2:10])) is None

    def _entries(self, node: StoredNode) -> list[Entry]:
        return list(load(Batch(self._store), node.data, node.path).values()) if node.data else []

    def _name(self, number: int) -> str:
        name = self._facts.name(number)
        if name == UNKNOWN_NAME:
            # An update that goes on meanwhile has brought a new function.
            self._facts = Facts(self._store)
        return self._facts.name(number)

    def _summary(self, entry: Entry) -> TargetStateSummary:
        parts = self._providers.parts(entry.provider, entry.key)
        inside = f"[provider_id={entry.provider}]" if len(parts) > 2 else ""
        return TargetStateSummary(
            target_state_path=joined(map(readable, parts)) + inside,
            fingerprint_path=joined(map(fingerprint, parts)) + inside,
            key=decode_key(entry.key),
            states=tuple(_versions(entry)),
            provider_schema_version=entry.generation,
            provider_generation=self._generation(entry) if entry.container else None,
        )

    def _generation(self, entry: Entry) -> ProviderGeneration | None:
        ident = self._store.get(provider_key(entry.provider, entry.key))
        if ident is None:
            return None
        stored = self._store.get(generation_key(int.from_bytes(ident, "big"))) or b""
        return ProviderGeneration(int.from_bytes(ident, "big"), int.from_bytes(stored, "big"))


def _versions(entry: Entry) -> Iterator[TargetStateVersion]:
    if entry.missing:
        yield TargetStateVersion(0, "Deleted")
    for number in range(len(entry.records)):
        yield TargetStateVersion(number + 1, "Existing")


def _type_of(node: StoredNode) -> StablePathNodeType:
    return StablePathNodeType.component if node.data else StablePathNodeType.directory
