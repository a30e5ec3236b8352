"""Parses PostgreSQL types as written in SQL, and resolves aliases.

Postgres connector, schema layer: knows the common types; leaves all others to the server.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["TypeName", "collation_of", "read_type"]

_ALIASES = {
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "int2": "smallint",
    "float4": "real",
    "float": "double precision",
    "float8": "double precision",
    "decimal": "numeric",
    "bool": "boolean",
    "varchar": "character varying",
    "char varying": "character varying",
    "char": "character",
    "bpchar": "character",
    "timestamptz": "timestamp with time zone",
    "timestamp without time zone": "timestamp",
    "timetz": "time with time zone",
    "time without time zone": "time",
}
_SERIALS = {
    "smallserial": "smallint",
    "serial2": "smallint",
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
}
# Words and quoted names, numbers in parentheses, more words, array brackets, a collation. Nothing else is allowed, so
# that the text cannot end the type and continue with other SQL.
_TYPE = re.compile(
    r"""\s*(?P<name>(?:(?!\bCOLLATE\b)(?:[\w.]|"[^"]+"|\s))+)
        (?:\(\s*(?P<modifiers>[\w\s,+-]+)\)(?P<rest>(?:(?!\bCOLLATE\b)[a-z\s])*))?
        (?P<array>(?:\[\s*\d*\s*\]\s*)*)
        (?P<collation>COLLATE\s+(?:[\w.]|"[^"]+")+\s*)?""",
    re.VERBOSE | re.IGNORECASE,
)
_DIGITS_OF_REAL = 24


class TypeName(NamedTuple):
    """A parsed type. Two texts that name the same common type give equal objects. The collation is not included.

    Attributes:
        base: the usual name of the type, with `[]` for an array.
        modifiers: the text in parentheses without spaces, such as a length; may be empty.
    """

    base: str
    modifiers: str

    @property
    def is_serial(self) -> bool:
        """Whether it is `serial` or similar: a NOT NULL integer column whose default comes from a sequence."""
        return self.base in _SERIALS

    @property
    def of_values(self) -> TypeName:
        """The type of the stored values; for `serial` and similar it is an integer type, for others the same type."""
        return TypeName(_SERIALS.get(self.base, self.base), self.modifiers)

    @property
    def vector_size(self) -> int | None:
        """The number of elements of a `vector` or `halfvec`; None if the type does not say, or is another one."""
        return int(self.modifiers) if self.is_vector and self.modifiers.isdecimal() else None

    @property
    def is_vector(self) -> bool:
        """Whether it is a dense vector type of pgvector."""
        return self.base in ("vector", "halfvec")

    @property
    def is_of_pgvector(self) -> bool:
        """Whether it is any type of pgvector."""
        return self.is_vector or self.base == "sparsevec"


@lru_cache(maxsize=1024)
def read_type(text: str) -> TypeName:
    """Parse a type.

    Raises:
        ValueError: `text` is not the text of a type.
    """
    match = _TYPE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not the name of a PostgreSQL type")
    name = " ".join(f"{match['name']} {match['rest'] or ''}".split())
    base = name if '"' in name else name.lower()
    base = base.removeprefix("pg_catalog.")
    base = _ALIASES.get(base, base)
    schema, _, last = base.rpartition(".")
    if schema and last in ("vector", "halfvec", "sparsevec"):
        base = last
    array, modifiers = "".join(match["array"].split()), "".join((match["modifiers"] or "").split())
    if base == "double precision" and modifiers.isdecimal():  # float(n)
        base, modifiers = "real" if int(modifiers) <= _DIGITS_OF_REAL else base, ""
    return TypeName(base + array, modifiers)


def collation_of(text: str) -> str:
    """Return the collation in the text of a type, as written; empty if there is none."""
    match = _TYPE.fullmatch(text)
    return " ".join(((match and match["collation"]) or "").split()[1:])
