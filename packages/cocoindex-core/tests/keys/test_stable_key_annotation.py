from __future__ import annotations

import typing

from cocoindex import _keys


def takes(key: _keys.StableKey) -> None: ...


def test_the_recursive_alias_resolves_where_its_name_is_not_imported() -> None:
    assert type(None) in typing.get_args(typing.get_type_hints(takes)["key"])
