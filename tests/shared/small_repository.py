"""A small repository with distributions, to make releases of: its core, and what needs it."""

from __future__ import annotations

import subprocess
from pathlib import Path

_PYPROJECT = """
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "{version}"
description = "An example"
readme = "README.md"
license = "Apache-2.0"
license-files = ["LICENSE"]
requires-python = ">=3.11"
classifiers = ["Programming Language :: Python :: 3.11", "Programming Language :: Python :: 3.12"]
dependencies = [{dependencies}]

[tool.hatch.build.targets.wheel]
packages = ["src/cocoindex"]
"""
_GIT = ("git", "-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")


class Repository:
    """A repository in `root` with the distributions `cocoindex-core` and `cocoindex-ops` 0.1.0, all committed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")
        (root / ".gitignore").write_text("dist/\n")
        self.distribution("cocoindex-core", "0.1.0", (), {"cocoindex/__init__.py": _CORE})
        modules = {"cocoindex/ops/words/__init__.py": "from cocoindex import version\n"}
        self.distribution("cocoindex-ops", "0.1.0", ("cocoindex-core ~= 0.1",), modules)
        self.commit()

    def distribution(self, name: str, version: str, needs: tuple[str, ...], modules: dict[str, str]) -> None:
        """Write a distribution; each module is in a typed package."""
        folder = self.root / "packages" / name
        dependencies = ", ".join(f'"{need}"' for need in needs)
        self.write(
            f"packages/{name}/pyproject.toml",
            _PYPROJECT.format(name=name, version=version, dependencies=dependencies),
        )
        self.write(f"packages/{name}/README.md", f"# {name}\n")
        self.write(f"packages/{name}/LICENSE", "Apache License\n")
        self.write(f"packages/{name}/CHANGELOG.md", f"# Changelog of {name}\n\n## {version}\n\nThe first one.\n")
        for path, text in modules.items():
            file = folder / "src" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            (file.parent / "py.typed").touch()

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def replace(self, path: str, old: str, new: str) -> None:
        """Change a part of a file, which has to be in it."""
        text = (self.root / path).read_text()
        assert old in text
        self.write(path, text.replace(old, new))

    def read(self, path: str) -> str:
        """Return what a file holds."""
        return (self.root / path).read_text()

    def commit(self) -> None:
        """Commit all files."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "work")

    def tag(self, tag: str) -> None:
        """Tag the last commit."""
        self.git("tag", tag)

    def git(self, *arguments: str) -> str:
        """Run git; return what it printed."""
        return subprocess.run([*_GIT, *arguments], cwd=self.root, check=True, capture_output=True, text=True).stdout


_CORE = """
from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
version = 1
"""
