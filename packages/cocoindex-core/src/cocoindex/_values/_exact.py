"""Checks whether a value is restored unchanged from msgpack when read as its annotated type.

Layer `_values`. A check is created once per annotation; it returns False if it cannot decide quickly.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, Flag
from keyword import iskeyword
from typing import Any, Final, Literal, TypeAlias, get_args, get_origin, is_typeddict

from ._added_state import added_state, usual_attributes, usual_count
from ._restricted_pickle import is_registered
from ._type_graph import UNIONS, class_of, field_hints, is_abstract_base, is_model, is_record, plain_hint

Exact: TypeAlias = Callable[[Any], bool]

_LEAVES: Final[frozenset[Any]] = frozenset({str, int, float, bool, bytes, type(None)})
_BASIC: Final = (*_LEAVES, list, dict)
_MAX_BASIC: Final = 10_000


def exact_of(hint: Any, known: dict[Any, Exact] | None = None) -> Exact:
    """Return a function that says whether a value is restored unchanged when read as `hint`."""
    hint = plain_hint(hint)
    known = {} if known is None else known
    try:
        if hint in known:
            return lambda value: known[hint](value)
        known[hint] = never  # until it is created
    except TypeError:
        return never
    made = known[hint] = _made(hint, known)
    return made


def never(_value: Any) -> bool:
    """The check of a type that msgpack cannot read."""
    return False


def _made(hint: Any, known: dict[Any, Exact]) -> Exact:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any or hint is object:
        return _is_basic
    if hint is None:
        return lambda value: value is None
    if origin in UNIONS and Any in arguments:  # read without a type, whatever the other members are
        return _is_basic
    if origin in UNIONS:
        members = [exact_of(each, known) for each in arguments]
        return lambda value: any(member(value) for member in members)
    if origin is Literal:
        return lambda value: type(value) in _LEAVES
    kind = class_of(hint)
    if kind is None:
        return never
    if is_record(kind):
        return _of_record(hint, kind, known)
    return _of_container(kind, arguments, known) or _of_plain(kind)


def _of_plain(kind: type) -> Exact:
    if kind in _LEAVES:
        return lambda value: type(value) is kind
    if issubclass(kind, Mapping | list | tuple | set | frozenset | deque):  # an instance of a subclass
        return never
    if is_abstract_base(kind) or kind.__module__ == "collections.abc":  # msgpack has one type for each, or none
        return never
    if kind.__dictoffset__:
        return lambda value: isinstance(value, kind) and not _has_attributes(value)
    return lambda value: type(value) is kind or (isinstance(value, kind) and not _has_attributes(value))


def _of_container(kind: type, arguments: tuple[Any, ...], known: dict[Any, Exact]) -> Exact | None:
    if kind is tuple and arguments and arguments[-1] is not ...:
        parts = [(f"v[{number}]", each, exact_of(each, known)) for number, each in enumerate(arguments)]
        return _of_parts(["type(v) is tuple", f"len(v) == {len(parts)}"], parts, {})
    if kind is dict or kind is Mapping or (not arguments and issubclass(kind, Mapping)):
        keys, values = (_each(exact, hint) for exact, hint in _pair(arguments, known))
        return lambda value: type(value) is dict and keys(value) and values(value.values())
    plain = list if kind in (Sequence, list) else kind
    if plain not in (list, tuple, set, frozenset, deque):
        return None
    item = arguments[0] if arguments else Any
    exact = exact_of(item, known)
    if plain is deque and item not in _LEAVES:  # a pickle, which may not name the classes in it
        return never
    if plain is deque:
        items = _each(exact, item)
        return lambda value: type(value) is deque and value.maxlen is None and items(value)
    if item not in _LEAVES:  # inline here, as in _each, to save a call
        return lambda value: type(value) is plain and all(map(exact, value))
    wanted = {item}
    return lambda value: type(value) is plain and wanted.issuperset(map(type, value))


def _pair(arguments: tuple[Any, ...], known: dict[Any, Exact]) -> list[tuple[Exact, Any]]:
    return [(exact_of(each, known), each) for each in (arguments if len(arguments) == 2 else (Any, Any))]


def _each(exact: Exact, hint: Any) -> Exact:
    if hint in _LEAVES:
        wanted = {hint}
        return lambda values: wanted.issuperset(map(type, values))
    return lambda values: all(map(exact, values))


def _of_record(hint: Any, kind: type, known: dict[Any, Exact]) -> Exact:
    if issubclass(kind, Enum):
        return never if issubclass(kind, Flag) else lambda value: type(value) is kind
    if is_registered(kind) and not hasattr(kind, "__dataclass_fields__"):
        return lambda value: type(value) is kind
    fields = field_hints(hint)
    parts = {name: exact_of(each, known) for name, each in fields.items()}
    if is_typeddict(kind):
        return lambda value: type(value) is dict and all(name in parts and parts[name](value[name]) for name in value)
    if _is_made_otherwise(kind):
        return never
    return _of_fields(kind, fields, parts)


def _is_made_otherwise(kind: type) -> bool:
    """Return whether objects of a record type have more content than their fields, or reading one runs user code."""
    if is_model(kind) or hasattr(kind, "__post_init__") or hasattr(kind, "__attrs_attrs__"):
        return True
    own = [base for base in kind.__mro__[:-1] if not hasattr(base, "__dataclass_fields__") and base is not tuple]
    if hasattr(kind, "__dataclass_fields__"):
        return any(base.__module__ not in ("typing", "abc") and vars(base).get("__init__") is not None for base in own)
    tuples = [base for base in kind.__mro__ if issubclass(base, tuple) and base is not tuple]
    return any("__new__" in vars(base) and base.__mro__[1] is not tuple for base in tuples)


def _of_fields(kind: type, fields: dict[str, Any], parts: dict[str, Exact]) -> Exact:
    if not all(name.isidentifier() and not iskeyword(name) for name in fields):
        return never
    added = added_state(kind, fields) if not issubclass(kind, tuple) or kind.__dictoffset__ else None
    usual = usual_attributes(kind, fields)
    used: dict[str, Any] = {"kind": kind, "usual": usual, "added": added, "count": usual_count(kind, fields)}
    last = []
    if added is not None:
        same = "len(v.__dict__) == count or [*v.__dict__] == usual"
        last = ["not added(v)" if usual is None else f"({same} or not added(v))"]
    return _of_parts(["type(v) is kind"], [(f"v.{name}", fields[name], parts[name]) for name in fields], used, last)


def _of_parts(
    first: list[str], parts: list[tuple[str, Any, Exact]], used: dict[str, Any], last: Sequence[str] = ()
) -> Exact:
    """Return one expression over all parts: it runs for each stored result, and a loop costs much more."""
    tests = first
    for number, (part, hint, exact) in enumerate(parts):
        leaf = plain_hint(hint)
        is_leaf = isinstance(leaf, type) and leaf in _LEAVES
        used[f"of_{number}"] = leaf if is_leaf else exact
        tests.append(f"type({part}) is of_{number}" if is_leaf else f"of_{number}({part})")
    return eval(f"lambda v: {' and '.join([*tests, *last])}", used)  # type: ignore[no-any-return]  # of names and numbers only


def _has_attributes(value: Any) -> bool:
    return bool(getattr(value, "__dict__", None)) and type(value).__module__ != "types"


def _is_basic(value: Any) -> bool:
    """Return whether a value is restored unchanged by msgpack without a type."""
    if type(value) in _LEAVES:
        return True
    waiting = [value]
    for number, part in enumerate(waiting):  # which grows during the loop
        if type(part) not in _BASIC or number > _MAX_BASIC:
            return False
        if type(part) is list:
            waiting += part
        elif type(part) is dict:
            waiting += part
            waiting += part.values()
    return True
