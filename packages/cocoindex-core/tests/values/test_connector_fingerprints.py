from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from cocoindex import connectorkits
from cocoindex.connectorkits.fingerprint import fingerprint_bytes, fingerprint_object, fingerprint_str


def test_fingerprints_are_16_bytes_and_follow_the_content() -> None:
    cases: list[tuple[Callable[..., bytes], object, object]] = [
        (fingerprint_bytes, b"a", b"b"),
        (fingerprint_str, "a", "b"),
        (fingerprint_object, {"a": [1]}, {"a": (1,)}),
    ]
    for function, one, other in cases:
        assert len(function(one)) == 16
        assert function(one) == function(one) != function(other)


def test_a_string_is_its_utf8() -> None:
    assert fingerprint_str("é") == fingerprint_bytes("é".encode())
    assert fingerprint_str("\ud800")


def test_objects_are_told_apart_by_type() -> None:
    key = uuid.UUID(int=1)
    assert len({fingerprint_object(v) for v in ("a", b"a", 1, True, 1.0, None, key, str(key), ["a"], ("a",))}) == 10


@pytest.mark.parametrize("name", ["fingerprint_bytes", "fingerprint_object", "fingerprint_str", "Fingerprint"])
def test_the_kit_has_them_too(name: str) -> None:
    assert getattr(connectorkits, name) is getattr(connectorkits.fingerprint, name)
