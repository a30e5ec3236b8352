"""What has to be in a wheel and an sdist, and what must not be."""

from __future__ import annotations

import email
import re
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from release.distributions import CORE

#: Folders that several distributions put packages into: an `__init__.py` in one would hide what the others bring.
NAMESPACES = ("connectors", "ops", "resources", "runners", "stores")
# What ends with .tmpl is made into tests elsewhere.
_TEST = re.compile(r"(^|/)(tests?/.*(?<!\.tmpl)|test_[^/]*\.py|conftest\.py)$")
_WANTED_IN_SDIST = ("CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml")


def faults_of_wheel(wheel: Path, distribution: str) -> list[str]:
    """Return what is wrong with the contents of a wheel, a line each; nothing where it may be released."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        texts = {name: archive.read(name).decode() for name in names if ".dist-info/" in name}
    code = [name for name in names if name.endswith(".py")]
    return [*_licence(texts), *_typed(names, code), *_tests(names), *_namespaces(names, distribution)]


def faults_of_sdist(sdist: Path) -> list[str]:
    """Return what is wrong with the contents of an sdist, a line each."""
    with tarfile.open(sdist) as archive:
        names = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in archive.getnames()}
    return [f"the sdist has no {name}" for name in _WANTED_IN_SDIST if name not in names]


def modules_of(wheel: Path) -> list[str]:
    """Return the public modules in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        files = [PurePosixPath(name) for name in archive.namelist() if name.endswith(".py")]
    paths = [file.parent if file.stem == "__init__" else file.with_suffix("") for file in files]
    return [".".join(path.parts) for path in paths if not any(part.startswith("_") for part in path.parts)]


def _licence(texts: dict[str, str]) -> Iterator[str]:
    licences = [text for name, text in texts.items() if name.endswith("/licenses/LICENSE")]
    if not any(text.lstrip().startswith("Apache License") for text in licences):
        yield "the wheel has no licence"
    metadata = next((text for name, text in texts.items() if name.endswith("/METADATA")), "")
    if not email.message_from_string(metadata)["License-Expression"]:
        yield "the metadata names no licence"


def _typed(names: list[str], code: list[str]) -> Iterator[str]:
    marked = {PurePosixPath(name).parent for name in names if name.endswith("/py.typed")}
    for name in code:
        if not marked & set(PurePosixPath(name).parents):
            yield f"{name} is in no package with py.typed"


def _tests(names: list[str]) -> Iterator[str]:
    for name in names:
        if _TEST.search(name):
            yield f"{name} is a test"


def _namespaces(names: list[str], distribution: str) -> Iterator[str]:
    for namespace in NAMESPACES:
        if f"cocoindex/{namespace}/__init__.py" in names:
            yield f"cocoindex/{namespace}/__init__.py would hide modules of other distributions"
    if ("cocoindex/__init__.py" in names) != (distribution == CORE):
        yield f"cocoindex/__init__.py is that of {CORE}, and of it alone"
