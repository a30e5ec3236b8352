"""Converts network addresses to key parts: all spellings of an address give the same text.

Postgres connector, row layer.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from cocoindex.connectorkits import shown

__all__ = ["cidr_text", "inet_text", "mac_text"]

_MAC = re.compile(
    r"(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{6}[:-][0-9a-f]{6}|[0-9a-f]{12}"
    r"|[0-9a-f]{4}([.-])[0-9a-f]{4}\2[0-9a-f]{4}"
)


def inet_text(value: Any) -> str:
    """Return the text of an address, with the prefix length unless it covers the whole address."""
    found = ipaddress.ip_interface(_plain(value))
    _refuse_scope(value, found)
    return str(found.ip) if found.network.prefixlen == found.max_prefixlen else found.with_prefixlen


def cidr_text(value: Any) -> str:
    """Return the text of a network."""
    found = ipaddress.ip_network(_plain(value))
    return found.with_prefixlen


def mac_text(value: Any) -> str:
    """Return the text of a hardware address of six bytes."""
    text = str(value).strip().lower()
    if not isinstance(value, str) or _MAC.fullmatch(text) is None:
        raise ValueError(f"{shown(value)} is not a hardware address such as '08:00:2b:01:02:03'")
    digits = re.sub(r"[^0-9a-f]", "", text)
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def _plain(value: Any) -> Any:
    if isinstance(value, (int, bytes, tuple)):  # `ipaddress` accepts them, but here they are probably mistakes
        raise TypeError(f"an address must be a str or an object of the module ipaddress, not {shown(value)}")
    return value.strip() if isinstance(value, str) else value


def _refuse_scope(value: object, found: ipaddress.IPv4Interface | ipaddress.IPv6Interface) -> None:
    if getattr(found.ip, "scope_id", None):
        raise ValueError(f"the address {shown(value)} has a zone, which PostgreSQL does not store")
