"""Where an installation came from, and so how more of the same is installed.

Beside `errors`, which tells it where something is missing. Reading what installers note costs time: ask only then.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

_CORE = "cocoindex-core"
_EVERYWHERE = "cocoindex-resources"  # which every connector and op needs
_OURS = "cocoindex-"
_REQUIREMENT = re.compile(r"\s*([\w.-]+(?:\s*\[[^]]*\])?)")


class InstallSource(NamedTuple):
    """Where core was installed from: a clone's folder of packages, a folder of wheels, or neither (an index, say)."""

    packages: Path | None = None
    wheels: Path | None = None
    is_editable: bool = False

    @classmethod
    def of(cls, installed: Distribution | None = None) -> InstallSource:
        """Find it out from what the installer noted; `installed` is core unless given."""
        installed = installed or distribution(_CORE)
        noted = installed.read_text("direct_url.json")
        origin = json.loads(noted) if noted else {}
        url = urlsplit(origin.get("url", ""))
        if url.scheme != "file":
            return cls()
        path = Path(url2pathname(url.path))
        if (directory := origin.get("dir_info")) is not None and path.name == (installed.name or _CORE):
            return cls(packages=path.parent, is_editable=bool(directory.get("editable")))
        return cls(wheels=path.parent) if path.suffix == ".whl" else cls()

    def install_command(self, extra: str, distributions: Sequence[str]) -> str:
        """Return the command that installs core with `extra`, which comes to these distributions of ours."""
        if self.packages is not None:
            return shlex.join(["pip", "install", *(str(self.packages / name) for name in distributions)])
        return f'pip install {self._links()}"{_CORE}[{extra}]"'

    def requirements(self, extra: str, distributions: Sequence[str], version: str) -> list[str]:
        """Return the same as requirements of a project: `version` of core or a later one."""
        if self.packages is not None:
            return [f"{name} @ {(self.packages / name).as_uri()}" for name in distributions]
        return [f"{_CORE}[{extra}]>={version}"]

    def command_for(self, requirements: Sequence[str]) -> str:
        """Return the command that installs these requirements, such as `cocoindex-ops[text]`, without versions."""
        if self.packages is None:
            return f"pip install {self._links()}{shlex.join(requirements)}"
        words = ["pip", "install"]
        for each in requirements:
            words += [*(["-e"] if self.is_editable else []), str(self.packages / each)]
        return shlex.join(words)

    def _links(self) -> str:
        return f"--find-links {shlex.quote(str(self.wheels))} " if self.wheels is not None else ""


def install_words(name: str, extra: str) -> str:
    """Return what installs an extra of the distribution `name` here, and what else there is to know about it."""
    try:
        installed = distribution(name)
        source = InstallSource.of(installed)
    except (PackageNotFoundError, OSError, ValueError):
        installed, source = None, InstallSource()
    if source.packages is not None and name == _CORE and installed is not None:
        return source.command_for(_brought_by(installed, extra))
    command = source.command_for([f"{name}[{extra}]"])
    if name.startswith(_OURS) and source == InstallSource():
        return f"{command} (with --find-links FOLDER where it came from a folder of wheels)"
    return command


def upgrade_words(name: str) -> str:
    """Return what brings a newer version of the distribution `name`: a command, or the clone to update."""
    try:
        source = InstallSource.of(distribution(name))
    except (PackageNotFoundError, OSError, ValueError, TypeError):
        source = InstallSource()
    if source.packages is not None:
        return f"update the clone in {source.packages.parent}"
    return f"run: pip install --upgrade {source._links()}{name}"


def core_version() -> str:
    """Return the version of core, as its metadata has it."""
    try:
        return distribution(_CORE).version
    except (PackageNotFoundError, OSError, ValueError, TypeError, KeyError):
        return "(of unknown version)"


def _brought_by(core: Distribution, extra: str) -> list[str]:
    """What an extra of core comes to, of which no index knows where core is that of a clone."""
    marker = re.compile(rf"""extra\s*==\s*["']{re.escape(extra)}["']""")
    lines = [line for line in core.requires or () if marker.search(line)]
    found = [match[1].replace(" ", "") for line in lines if (match := _REQUIREMENT.match(line)) is not None]
    return found if _EVERYWHERE in found else [_EVERYWHERE, *found]
