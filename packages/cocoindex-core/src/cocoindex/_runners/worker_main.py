"""The main function of a worker process: takes calls from a pipe, one after the other, and replies. Layer: _runners."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from multiprocessing.connection import Connection
from typing import Final

from .remote_worker import RemoteWorker
from .travelling_error import pack_error

READY: Final = b""


def serve(connection: Connection, initializer: bytes) -> None:
    """Report that it is ready, or why it is not; then answer calls until the other process is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the other process, which waits for calls under way
    threading.Thread(target=_end_with_parent, name="cocoindex-parent", daemon=True).start()
    try:
        try:
            worker = RemoteWorker(pickle.loads(initializer))
        except BaseException as error:  # whatever user code raises
            connection.send_bytes(pickle.dumps(pack_error(error)))
            return
        connection.send_bytes(READY)
        try:
            while True:
                connection.send_bytes(worker.answer(connection.recv_bytes()))
        finally:
            worker.close()
    except (EOFError, OSError):
        return


def _end_with_parent() -> None:
    """End when the parent process is gone, also during a call."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
