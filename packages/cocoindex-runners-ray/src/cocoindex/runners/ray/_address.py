"""Addresses of clusters: checks whether a Ray cluster answers there, and whether two mean the same cluster."""

from __future__ import annotations

import os
import socket
from typing import Final, cast

from ._ray import ray
from .errors import RayClusterError

_ANSWERS_IN_SECONDS: Final = 10.0
# A busy head node accepts the connection at once, and answers later.
_SPEAKS_IN_SECONDS: Final = 30.0
_LOOPBACK: Final = {"127.0.0.1", "::1"}
# Ray uses gRPC over HTTP/2, in which each side first sends its settings, in a frame of type 4.
_SETTINGS: Final = 4
_PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, _SETTINGS, 0, 0, 0, 0, 0])
_FRAME_HEADER: Final = 9


def is_same(address: str, connected: str) -> bool:
    """Say whether two addresses mean the same cluster; True if one of them is not a host and a port."""
    places = [place_of(each) for each in (address, connected)]
    if None in places:
        return True  # "auto", "local", or another form that only Ray understands
    (host, port), (other_host, other_port) = cast("list[tuple[str, int]]", places)
    return port == other_port and not _hosts(host).isdisjoint(_hosts(other_host))


def place_of(address: str) -> tuple[str, int] | None:
    """Return the host and port of an address; None if it has another form."""
    host, _, port = address.rpartition(":")
    return (host.strip("[]"), int(port)) if host and port.isdigit() and "://" not in address else None


def _hosts(host: str) -> set[str]:
    """Return the addresses of a host; for this machine, also the one by which Ray knows it."""
    try:
        found = {str(each[4][0]) for each in socket.getaddrinfo(host, None)}
    except OSError:
        return {host}
    own = str(ray().util.get_node_ip_address())
    return found | {own} if own in found or found & _LOOPBACK else found


def answers(place: tuple[str, int]) -> bool:
    """Say whether a server accepts connections at this host and port."""
    try:
        socket.create_connection(place, timeout=_ANSWERS_IN_SECONDS).close()
    except OSError:
        return False
    return True


def check_that_ray_answers(address: str) -> None:
    """Check that a Ray cluster answers at an address; Ray itself would try for minutes.

    Raises:
        RayClusterError: (a RuntimeError) nothing answers there, or the server is not a Ray cluster.
    """
    place = place_of(address)
    if place is None:
        return  # "auto", or another form that only Ray understands
    try:
        with socket.create_connection(place, timeout=_ANSWERS_IN_SECONDS) as connection:
            is_ray = _speaks_grpc(connection)
    except OSError as error:
        raise RayClusterError(
            f"no Ray cluster answers at {address} ({error}): start one with `ray start --head`, or leave the address "
            "out to have a local one"
        ) from error
    if not is_ray:
        raise RayClusterError(
            f"the server at {address} is not a Ray cluster: use the address that `ray start --head` printed; its port "
            "is 6379 by default"
        )


def _speaks_grpc(connection: socket.socket) -> bool:
    if os.environ.get("RAY_USE_TLS", "0").lower() not in ("", "0", "false"):
        return True  # with TLS, it does not answer before a handshake
    connection.settimeout(_SPEAKS_IN_SECONDS)
    try:
        connection.sendall(_PREFACE)
        header = connection.recv(_FRAME_HEADER, socket.MSG_WAITALL)
    except OSError:  # it sends nothing, or closes the connection
        return False
    return len(header) == _FRAME_HEADER and header[3] == _SETTINGS
