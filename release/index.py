"""The package indexes that pip and uv are told to use, and whether they answer."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.parse import unquote, urlsplit

from release.problem import Problem

# For a whole answer, however it comes.
SECONDS_TO_ANSWER = 20.0
# What builds all distributions: an index that has it names it on its page.
_ASKED_FOR = "hatchling"


def indexes() -> list[str]:
    """Return the indexes of uv and of pip, which may be the same; of their own defaults they tell themselves."""
    uv = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL") or ""
    pip = os.environ.get("PIP_INDEX_URL") or _configured()
    more = [os.environ.get(name, "") for name in ("UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL")]
    # uv takes a name before an index: NAME=URL.
    urls = [re.sub(r"^[\w.-]+=", "", url) for urls in (uv, pip, *more) for url in urls.split()]
    return list(dict.fromkeys(url.rstrip("/") for url in urls))


def refuse_silent_indexes() -> None:
    """Raise Problem where an index does not answer, before an installer tries again and again."""
    for url in indexes():
        if (reason := _silent_because(url)) is not None:
            raise Problem(f"the package index {_shown(url)} does not answer: {reason}")


def _silent_because(url: str) -> str | None:
    """Return why there is no answer; None where there is one, which may be that something else is wanted."""
    if url.startswith("file:"):
        return None if Path(unquote(urlsplit(url).path)).is_dir() else "there is no such folder"
    answer: SimpleQueue[str | None] = SimpleQueue()
    # The limit of a socket is for each part of an answer, and none is for the search of the host's address.
    threading.Thread(target=lambda: answer.put(_ask(url)), daemon=True).start()
    try:
        return answer.get(timeout=SECONDS_TO_ANSWER)
    except Empty:
        return f"no whole answer in {SECONDS_TO_ANSWER:g} seconds"


def _ask(url: str) -> str | None:
    """Ask an index for a page; return what is wrong with its answer, if anything."""
    address, user = _parted(url)
    headers = {"Accept": "*/*"}
    if user:
        headers["Authorization"] = f"Basic {base64.b64encode(user.encode()).decode()}"
    try:
        request = urllib.request.Request(f"{address}/{_ASKED_FOR}/", headers=headers)
        with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER) as answer:
            page = answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        is_of_proxy = error.code == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED
        return f"{error.code} {error.reason}" if error.code >= 500 or is_of_proxy else None
    except (OSError, ValueError, HTTPException) as error:
        # An answer that is no HTTP is quoted, whatever bytes it has.
        words = "".join(letter if letter.isprintable() else "?" for letter in str(getattr(error, "reason", error)))
        return words[:200].strip("? ") or type(error).__name__
    return None if _ASKED_FOR in page.casefold() else f"what it says of {_ASKED_FOR} is no page of an index"


def _configured() -> str:
    """Return what pip's own configuration says."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _shown(url: str) -> str:
    """Return the address without a name and password in it."""
    return _parted(url)[0]


def _parted(url: str) -> tuple[str, str]:
    """Return the address, and `NAME:PASSWORD` where it has those: what opens addresses takes them for a host."""
    found = re.fullmatch(r"(?P<scheme>[^/]*//)(?P<user>[^/]*)@(?P<rest>.*)", url)
    return (f"{found['scheme']}{found['rest']}", unquote(found["user"])) if found else (url, "")
