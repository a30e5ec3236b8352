"""The public interface of every distribution, a line for each name: read from the sources through griffe, never run.

Beside the packages: part of what `nox -s api` compares.
"""

from __future__ import annotations

import ast
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import griffe

#: Modules that are not for others, although no part of their path has an underscore: those that so begin.
NOT_PUBLIC = ("cocoindex.cli", "cocoindex.testing.")
# Methods with such names that are called by what users write; others are matters of the class.
_CALLED = frozenset(
    [
        "__init__",
        "__call__",
        "__iter__",
        "__next__",
        "__aiter__",
        "__anext__",
        "__await__",
        "__enter__",
        "__exit__",
        "__aenter__",
        "__aexit__",
        "__getitem__",
        "__setitem__",
        "__delitem__",
        "__contains__",
        "__len__",
        "__truediv__",
        "__rtruediv__",
        "__fspath__",
        "__class_getitem__",
        "__coco_memo_key__",
        "__coco_memo_state__",
    ]
)

Interface = dict[str, str]


def read_interfaces(sources: Mapping[str, Path]) -> dict[str, Interface]:
    """Return for each distribution what stands for every public name of it.

    Args:
        sources: for each distribution the folder of its packages (`src`).
    """
    with tempfile.TemporaryDirectory() as folder:
        owners = merge_sources(sources, Path(folder))
        loader = griffe.GriffeLoader(search_paths=[folder], allow_inspection=False)
        for top in sorted({module.partition(".")[0] for module in owners}):
            loader.load(top)
        loader.resolve_aliases(implicit=True, external=False)
        interfaces: dict[str, Interface] = {name: {} for name in sources}
        for module, owner in owners.items():
            if _is_public(module) and not module.startswith(NOT_PUBLIC):
                interfaces[owner].update(_lines_of(loader.modules_collection[module]))
    return {name: dict(sorted(interface.items())) for name, interface in interfaces.items()}


def merge_sources(sources: Mapping[str, Path], folder: Path) -> dict[str, str]:
    """Put all packages into one folder, as wheels do; return the distribution of each module."""
    owners = {}
    for distribution, source in sources.items():
        for file in source.rglob("*.py"):
            path = file.relative_to(source)
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder / path)
            module = path.parent if path.stem == "__init__" else path.with_suffix("")
            owners[".".join(module.parts)] = distribution
    # Where several distributions share a folder it has no module of its own, without which griffe passes it over.
    for inner in folder.rglob("*/"):
        (inner / "__init__.py").touch()
    return owners


def _is_public(path: str) -> bool:
    return not any(part.startswith("_") for part in path.split("."))


def _lines_of(module: griffe.Object | griffe.Alias) -> Iterator[tuple[str, str]]:
    exported = {str(name) for name in module.exports or ()} or _written(module)
    for name, member in module.members.items():
        if name in exported and (member.is_alias or not member.is_module):
            yield from _lines_of_member(f"{module.path}.{name}", member)


def _written(module: griffe.Object | griffe.Alias) -> set[str]:
    """The public names of a module without `__all__`: what it defines, and what it imports as itself."""
    assert isinstance(module.filepath, Path)
    names = {name for name, member in module.members.items() if not member.is_alias and not _is_type_variable(member)}
    for node in ast.walk(ast.parse(module.filepath.read_bytes())):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.name for alias in node.names if alias.asname == alias.name}
    return set(filter(_is_public, names))


def _is_type_variable(member: griffe.Object | griffe.Alias) -> bool:
    return isinstance(member, griffe.Attribute) and str(member.value).startswith(("TypeVar(", "ParamSpec("))


def _lines_of_member(path: str, member: griffe.Object | griffe.Alias) -> Iterator[tuple[str, str]]:
    if isinstance(member, griffe.Alias):
        target = member.target_path
        try:
            member = member.final_target
        except (griffe.AliasResolutionError, griffe.CyclicAliasError):  # of another library
            yield path, f"= {target}"
            return
        # What is public elsewhere is described there.
        if member.is_module or (_is_public(member.path) and not member.module.path.startswith(NOT_PUBLIC)):
            yield path, f"= {member.path}"
            return
    yield path, described(member)
    if isinstance(member, griffe.Function):
        for number, overload in enumerate(member.overloads or (), 1):
            yield f"{path}@{number}", described(overload)
    if isinstance(member, griffe.Attribute):
        member = _class_of_instance(member) or member
    if isinstance(member, griffe.Class):
        if fields := _fields_of(member):
            yield f"{path}.__new__", f"fields({', '.join(fields)})"
        for name, part in _parts_of(member).items():
            if not part.is_alias and (name in _CALLED or _is_public(name)):
                yield from _lines_of_member(f"{path}.{name}", part)


def _class_of_instance(attribute: griffe.Attribute) -> griffe.Class | None:
    """The class of ours that is called for the value, as in `fn = FunctionDecorator()`, unless it is public itself."""
    value = attribute.value
    if not isinstance(value, griffe.ExprCall) or not isinstance(value.function, griffe.ExprName):
        return None
    path = value.canonical_path
    if _is_public(path):
        return None
    try:
        found = attribute.modules_collection[path]
    except KeyError:  # of another library, or nothing that a name stands for
        return None
    return found if isinstance(found, griffe.Class) else None


def _fields_of(of: griffe.Class) -> list[str]:
    """The fields of a NamedTuple or msgspec.Struct: they make its constructor, by their order and their defaults."""
    if not any(str(base).rpartition(".")[2] in ("NamedTuple", "Struct") for base in of.bases):
        return []
    fields = [part for part in of.members.values() if isinstance(part, griffe.Attribute) and part.annotation]
    return [
        f"{part.name}: {part.annotation}" + ("" if part.value is None else f" = {part.value}")
        for part in fields
        if "property" not in part.labels and "ClassVar" not in str(part.annotation)
    ]


def _parts_of(of: griffe.Class) -> dict[str, griffe.Object | griffe.Alias]:
    """The members of a class, with those that it inherits from classes which are not public themselves."""
    parts: dict[str, griffe.Object | griffe.Alias] = {}
    for base in reversed(of.mro()):
        if not _is_public(base.path) or base.module.path.startswith(NOT_PUBLIC):
            parts.update(base.members)
    return {**parts, **of.members}


def described(member: griffe.Object) -> str:
    """Say in one line what a class, function or attribute is: its bases, its signature, or its type."""
    if isinstance(member, griffe.Class):
        return f"class({', '.join(map(str, member.bases))})" + _labels(member)
    if isinstance(member, griffe.Function):
        kind = "async def" if "async" in member.labels else "def"
        returns = f" -> {member.returns}" if member.returns is not None else ""
        return f"{kind}({', '.join(_parameters(member))}){returns}" + _labels(member)
    if isinstance(member, griffe.Attribute):
        annotation = "" if member.annotation is None else f": {member.annotation}"
        # Where the type is not said, or is said by the value, that is the interface.
        is_value = annotation in ("", ": Final") or "TypeAlias" in annotation
        value = f" = {member.value}" if is_value and member.value is not None else ""
        return " ".join(f"attribute{annotation}{value}".split()) + _labels(member)
    return member.kind.value


def _parameters(function: griffe.Function) -> Iterator[str]:
    """The parameters as they are written, with `/` and `*` between them."""
    kinds = griffe.ParameterKind
    last = None
    for parameter in function.parameters:
        kind = parameter.kind
        if last is kinds.positional_only and kind is not last:
            yield "/"
        if kind is kinds.keyword_only and last not in (kind, kinds.var_positional):
            yield "*"
        stars = {kinds.var_positional: "*", kinds.var_keyword: "**"}.get(kind, "") if kind is not None else ""
        annotation = "" if parameter.annotation is None else f": {parameter.annotation}"
        default = "" if parameter.default is None or stars else f" = {parameter.default}"
        yield f"{stars}{parameter.name}{annotation}{default}"
        last = kind
    if last is kinds.positional_only:
        yield "/"


_SAID = ("abstractmethod", "cached", "classmethod", "dataclass", "property", "staticmethod", "writable")


def _labels(member: griffe.Object) -> str:
    said = [label for label in _SAID if label in member.labels]
    return f"  [{', '.join(said)}]" if said else ""
