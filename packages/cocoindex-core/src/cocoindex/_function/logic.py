"""The identity of a function's logic: its source without layout, comments and decorators, or its version.

Layer: _function. It is computed on first use, because it reads source files; `deps` are evaluated at its creation.
"""

from __future__ import annotations

import ast
import functools
import linecache
import os
import warnings
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any, Final, NamedTuple

from .._values import canonical_bytes, code_bytes, fast_hash16, made_of, meet_main, module_name

_FileStamp = tuple[int, int]
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_BLOCKS: Final = ("body", "orelse", "handlers", "finalbody", "cases")
# Fields of syntax nodes without influence on what the code does.
_SKIPPED: Final = frozenset({"ctx", "kind", "type_comment", "type_ignores"})


class Origin(NamedTuple):
    """Where a function was defined.

    Args:
        module: the id of the globals of its module.
        path: the file that it was loaded from, or what Python calls a cell of a notebook.
        stamp: the time and size of the file.
    """

    module: int
    path: str
    stamp: _FileStamp | None

    @property
    def source(self) -> tuple[str, _FileStamp | None]:
        return self.path, self.stamp


class LogicFingerprint:
    """The logic fingerprint of one function.

    Captured values and default values count as they are at its creation.

    Args:
        version: replaces the source, if given.
        deps: further values that the logic depends on; encoded here and now.
        tracks_called: whether captured marked functions count by more than their names.

    Raises:
        MemoKeyError: `deps` cannot be encoded.
    """

    __slots__ = ("_deps", "_digest", "_fn", "_made_of", "_stamp", "_version")

    def __init__(
        self,
        fn: Callable[..., Any],
        *,
        version: int | None = None,
        deps: object = None,
        tracks_called: bool = True,
    ) -> None:
        self._fn = fn
        meet_main(getattr(fn, "__globals__", {}))
        self._version = version
        self._deps = None if deps is None else canonical_bytes(deps)
        self._made_of = made_of(fn, tracks_called=tracks_called)
        self._stamp = _stamp(fn)
        self._digest: bytes | None = None

    @property
    def made_of(self) -> bytes:
        """The captured values and the default values of the function."""
        return self._made_of

    @property
    def origin(self) -> Origin:
        fn = _implementation(self._fn)
        path = getattr(getattr(fn, "__code__", None), "co_filename", "")
        return Origin(id(getattr(fn, "__globals__", None)), path, self._stamp)

    @property
    def digest(self) -> bytes:
        """Return 16 bytes, which differ after every change of the logic."""
        if self._digest is None:
            fn = _implementation(self._fn)
            name = (module_name(getattr(fn, "__module__", None)), getattr(fn, "__qualname__", type(fn).__qualname__))
            logic = _logic(fn, self._stamp) if self._version is None else ("version", int(self._version))
            bound = _bound_arguments(self._fn)
            self._digest = fast_hash16(canonical_bytes((name, logic, bound, self._deps, self._made_of)))
        return self._digest


def logic_fingerprint(fn: Callable[..., Any], *, version: int | None = None, deps: object = None) -> bytes:
    """Return the logic fingerprint of `fn`, 16 bytes; see `LogicFingerprint`."""
    return LogicFingerprint(fn, version=version, deps=deps).digest


def _implementation(fn: Any) -> Any:
    """Return the written function behind wrappers, partial application, bound methods and callable objects."""
    while not isinstance(fn, FunctionType) or hasattr(fn, "__wrapped__"):
        inner = getattr(fn, "__wrapped__", None) or getattr(fn, "__func__", None)
        if inner is None and isinstance(fn, functools.partial):
            inner = fn.func
        if inner is None and isinstance(call := getattr(type(fn), "__call__", None), FunctionType):  # noqa: B004
            inner = call
        if inner is None:
            return fn
        fn = inner
    return fn


def _bound_arguments(fn: Any) -> tuple[Any, ...]:
    return (fn.args, fn.keywords) if isinstance(fn, functools.partial) else ()


def _logic(fn: Any, stamp: _FileStamp | None) -> tuple[str, bytes]:
    """Return the logic of `fn`: its source, if available and still the imported one, else its code object."""
    code = getattr(fn, "__code__", None)
    if not isinstance(code, CodeType):
        return "builtin", b""
    node = _find_node(code, _functions_in_source(code.co_filename, stamp, fn.__globals__))
    try:
        if node is not None:
            return "source", _function_text(node).encode("utf-8", "surrogatepass")
    except RecursionError:
        pass  # an expression nested a thousand times
    defaults = ascii((fn.__defaults__, fn.__kwdefaults__)) if _are_plain(fn) else ""
    return "code", code_bytes(_without_docstring(code, fn.__doc__)) + defaults.encode()


def _are_plain(fn: FunctionType) -> bool:
    """Return whether the text of the default values is the same in every process."""
    values = (*(fn.__defaults__ or ()), *(fn.__kwdefaults__ or {}).values())
    return all(isinstance(value, str | bytes | int | float | None) for value in values)


def _without_docstring(code: CodeType, doc: str | None) -> CodeType:
    if doc is None or not code.co_consts or not isinstance(code.co_consts[0], str):
        return code
    return code.replace(co_consts=(None, *code.co_consts[1:]))


_stamps: Final[dict[tuple[str, int], tuple[object, _FileStamp | None]]] = {}


def _stamp(fn: Any) -> _FileStamp | None:
    """Return the modification time and size that the source file had when its module was first met, as functions are
    also made later, of the code that was loaded then; None if there is no such file."""
    fn = _implementation(fn)
    code = getattr(fn, "__code__", None)
    if code is None:
        return None
    names: dict[str, Any] = fn.__globals__
    spec, key = names.get("__spec__"), (code.co_filename, id(names))
    known = _stamps.get(key)
    if known is None or known[0] is not spec:  # a module that is loaded again has another spec
        known = _stamps[key] = spec, _stamp_of_file(code.co_filename)
    return known[1]


def _stamp_of_file(path: str) -> _FileStamp | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size


def _functions_in_source(path: str, stamp: _FileStamp | None, module: dict[str, Any]) -> _Index:
    if stamp is not None:
        return _index_of_file(path, stamp)
    lines = linecache.getlines(path, module)  # a cell of a notebook, or a module in an archive
    return _index_of_text("".join(lines))


_Index = dict[int, list[ast.stmt]]


@functools.lru_cache(maxsize=8)
def _index_of_file(path: str, stamp: _FileStamp) -> _Index:
    """Return the statements of a file; none if it was changed since `stamp` and so is not what runs."""
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            source = file.read()
    except OSError:
        return {}
    return _index_of_text(source) if (status.st_mtime_ns, status.st_size) == stamp else {}


@functools.lru_cache(maxsize=8)
def _index_of_text(source: str | bytes) -> _Index:
    """Return statements by line; a function begins at its first decorator."""
    index: _Index = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # warnings were shown when it was compiled
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return index
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            decorators = getattr(node, "decorator_list", None)
            index.setdefault(decorators[0].lineno if decorators else node.lineno, []).append(node)
        for block in _BLOCKS:
            part = getattr(node, block, None)
            waiting.extend(part if isinstance(part, list) else ())
    return index


def _find_node(code: CodeType, index: _Index) -> ast.AST | None:
    """Return the function's node; None if it is not found without doubt."""
    line = code.co_firstlineno
    if code.co_name == "<lambda>":
        found: list[Any] = list(_lambdas(code, index))
    else:
        found = [node for node in index.get(line, ()) if isinstance(node, _FUNCTIONS) and node.name == code.co_name]
    return found[0] if len(found) == 1 else None


def _lambdas(code: CodeType, index: _Index) -> Iterator[ast.Lambda]:
    """Return the lambdas at the position of the code; lambdas on one line are distinguished by column."""
    line = max((start for start in index if start <= code.co_firstlineno), default=0)
    spans = set(code.co_positions())
    for statement in index.get(line, ()):
        for node in ast.walk(statement):
            if isinstance(node, ast.Lambda) and node.lineno == code.co_firstlineno:
                body = node.body
                if (body.lineno, body.end_lineno, body.col_offset, body.end_col_offset) in spans:
                    yield node


@functools.lru_cache(maxsize=1024)  # a function that is defined anew in each call has the same node each time
def _function_text(node: Any) -> str:
    """Return the text of the node without decorators, name and docstring."""
    body = node.body
    parts = [type(node).__name__]
    if isinstance(body, list) and ast.get_docstring(node, clean=False) is not None:
        body = body[1:]
    for part in (node.args, body, getattr(node, "returns", None), getattr(node, "type_params", None) or None):
        _write(part, parts)
    return "".join(parts)


def _write(node: Any, parts: list[str]) -> None:
    """Write a node as text that differs if the code does; empty fields are left out, because Python versions add new
    ones."""
    if isinstance(node, ast.AST):
        parts.append(f"{type(node).__name__}(")
        for field in node._fields:
            value = getattr(node, field, None)
            if value is not None and value != [] and field not in _SKIPPED:
                parts.append(f"{field}=")
                _write(value, parts)
        if isinstance(node, ast.Constant) and node.value is None:
            parts.append("value=None")
        parts.append(")")
    elif isinstance(node, list):
        parts.append("[")
        for item in node:
            _write(item, parts)
        parts.append("]")
    else:
        parts.append(f"{node!r},")
