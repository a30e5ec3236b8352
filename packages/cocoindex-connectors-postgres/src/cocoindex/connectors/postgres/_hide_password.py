"""Removes the password from driver messages that quote parts of the connection string.

Postgres connector, connection layer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cocoindex.connectorkits import masked

__all__ = ["without_password"]

_IN_URI = re.compile(r"//[^:@]*:(.*)@", re.DOTALL)
_WORD = re.compile(r"password\s*=\s*('(?:[^'\\]|\\.)*'|\S+)", re.IGNORECASE)
_QUOTED = re.compile(r"""(["'])(.*?)\1""")
_DIVIDES = re.compile(r"[@/:]")
_SHORTEST = 3  # shorter parts reveal nothing, and would match unrelated text


def without_password(reason: str, conninfo: str, kwargs: Mapping[str, Any]) -> str:
    """Return `reason` with `***` in place of quoted texts that may be a part of the password.

    If libpq misreads a connection string, it may take a part of the password for a host or a port, and quote it.
    """
    secrets = [match[1].strip("'") for pattern in (_IN_URI, _WORD) for match in pattern.finditer(conninfo)]
    secrets += [str(kwargs[name]) for name in ("password", "sslpassword") if kwargs.get(name)]

    parts = {part for secret in secrets for part in (secret, *_DIVIDES.split(secret)) if len(part) >= _SHORTEST}

    def hide(found: re.Match[str]) -> str:
        told = [part for part in _DIVIDES.split(found[2]) if len(part) >= _SHORTEST]
        is_secret = any(part in secret or secret in part for part in told for secret in parts)
        return f"{found[1]}***{found[1]}" if is_secret else found[0]

    return masked(_QUOTED.sub(hide, reason))
