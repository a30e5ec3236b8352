"""Name the extra of a connector or operation of ours that is imported and not installed.

Below every layer, beside `_peer_guard`: asked by the import system after all others, and only for what nobody has.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

# The extras of core by the modules that they bring; a folder alone is a namespace, which any distribution may add to.
_EXTRAS = {
    "connectors": None,
    "connectors.amazon_s3": "amazon-s3",
    "connectors.localfs": "localfs",
    "connectors.postgres": "postgres",
    "connectors.sqlite": "sqlite",
    "ops": None,
    "ops.code": "code",
    "ops.entity_resolution": "entity-resolution",
    "ops.litellm": "litellm",
    "ops.sentence_transformers": "sentence-transformers",
    "ops.text": "text",
    "resources": None,
    "resources.chunk": "resources",
    "resources.embedder": "resources",
    "resources.file": "resources",
    "resources.id": "resources",
    "resources.rate_limit": "resources",
    "resources.schema": "resources",
}


class _MissingModules:
    """A finder of modules, which finds none: it says what brings them."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, name = fullname.partition(".")
        if package != "cocoindex" or name not in _EXTRAS:
            return None
        extra = _EXTRAS[name]
        if extra is None:  # so that it is asked for what should be in it
            return ModuleSpec(fullname, None, is_package=True)
        from cocoindex.errors import MissingExtraError

        raise MissingExtraError(fullname, "cocoindex-core", extra, ModuleNotFoundError(f"No module named {fullname!r}"))


def name_missing_modules() -> None:
    """Have an import of what is not installed say how to install it."""
    if _MissingModules not in sys.meta_path:
        sys.meta_path.append(_MissingModules)
