"""Which versions of the interface for authors of plugins this core has, and which one a plugin asks for.

Below every layer, beside `errors`; `docs/stability.md` says what the version counts.
"""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from typing import Final

#: The version of what authors of connectors, operations, runners and stores build on: 1 more with each addition.
API_VERSION: Final = 1
#: The oldest one that a plugin may have been written for: what it could use then works still.
OLDEST_API_VERSION: Final = 1

_NAME: Final = b"\nrequires_api"


def is_served(required: object) -> bool:
    """Return whether a plugin that asks for this version works with this core; one that asks for none does."""
    return required is None or (type(required) is int and OLDEST_API_VERSION <= required <= API_VERSION)


def stated_api(spec: ModuleSpec) -> object:
    """Return `requires_api` of a module without running it; None where it says none, or computes it.

    It is known before an import of something that this core does not have yet can fail.
    """
    get_data = getattr(spec.loader, "get_data", None)
    if get_data is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    try:
        source: bytes = get_data(spec.origin)
    except OSError:  # the import says why
        return None
    _, found, rest = (b"\n" + source).partition(_NAME)
    if not found:
        return None
    value = rest.partition(b"\n")[0].partition(b"=")[2].partition(b"#")[0].strip()
    if value.isdigit() and is_served(int(value)):
        return int(value)
    return _parsed(source)


def _parsed(source: bytes) -> object:
    import ast

    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):  # the import says why
        return None
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if isinstance(value, ast.Constant) and any(getattr(target, "id", None) == "requires_api" for target in targets):
            stated: object = value.value
            return stated
    return None
