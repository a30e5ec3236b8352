"""A key function for a built-in type changes how all its values are encoded, so this runs in a process of its own."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
from cocoindex._values import canonical_bytes, register_memo_key_function

class Name(str):
    pass

text, flat, name, nested = canonical_bytes("A"), canonical_bytes(("A", 1)), canonical_bytes({"A": 1}), Name("A")
register_memo_key_function(str, str.lower)
assert canonical_bytes("A") == canonical_bytes("a") != text
assert canonical_bytes(("A", 1)) == canonical_bytes(("a", 1)) != flat
assert canonical_bytes({"A": 1}) == canonical_bytes({"a": 1}) != name
assert canonical_bytes(Name("A")) == canonical_bytes(Name("a"))
register_memo_key_function(tuple, len)
assert canonical_bytes((1, 2)) == canonical_bytes((3, 4)) != canonical_bytes((1,))
assert canonical_bytes([1, 2]) != canonical_bytes([3, 4])
"""


def test_a_key_function_for_a_builtin_type_counts() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
