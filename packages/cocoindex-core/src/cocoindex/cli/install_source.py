"""Where this installation came from, and so how a project gets the same distributions. Layer `cli`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

_CORE = "cocoindex-core"


class InstallSource(NamedTuple):
    """Where core was installed from: a clone's folder of packages, a folder of wheels, or neither (an index, say)."""

    packages: Path | None = None
    wheels: Path | None = None

    @classmethod
    def of(cls, installed: Distribution | None = None) -> InstallSource:
        """Find it out from what the installer noted; `installed` is core unless given."""
        noted = (installed or distribution(_CORE)).read_text("direct_url.json")
        origin = json.loads(noted) if noted else {}
        url = urlsplit(origin.get("url", ""))
        if url.scheme != "file":
            return cls()
        path = Path(url2pathname(url.path))
        if "dir_info" in origin and path.name == _CORE:
            return cls(packages=path.parent)
        return cls(wheels=path.parent) if path.suffix == ".whl" else cls()

    def install_command(self, extra: str, distributions: Sequence[str]) -> str:
        """Return the command that installs core with `extra`, which comes to these distributions of ours."""
        if self.packages is not None:
            return shlex.join(["pip", "install", *(str(self.packages / name) for name in distributions)])
        links = f"--find-links {shlex.quote(str(self.wheels))} " if self.wheels is not None else ""
        return f'pip install {links}"{_CORE}[{extra}]"'

    def requirements(self, extra: str, distributions: Sequence[str], version: str) -> list[str]:
        """Return the same as requirements of a project: `version` of core or a later one."""
        if self.packages is not None:
            return [f"{name} @ {(self.packages / name).as_uri()}" for name in distributions]
        return [f"{_CORE}[{extra}]>={version}"]
