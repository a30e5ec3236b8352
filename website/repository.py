"""Pages for what the docs link to outside of their folder: READMEs, examples, sources.

A link such as `../examples/quickstart` works on the repository's own page. On the site it leads to a page that is made
of that folder's README and program, or of the file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from pathlib import Path

FOLDER = "repository"
_FENCE = re.compile(r"^(```|~~~).*?^\1\s*?$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)\s#]+)")
_LANGUAGES = {".py": "python", ".toml": "toml", ".sh": "sh", ".yml": "yaml"}


class Repository:
    """The files of the repository as pages of the site."""

    def __init__(self, root: Path) -> None:
        self._root = root
        #: The page of each path outside of `docs` that a page leads to.
        self.pages: dict[str, str] = {}

    def add(self, path: str) -> None:
        """Have a page for this path, whether a page leads to it or not."""
        self.pages[path] = f"{FOLDER}/{page_name(path)}.md"

    def pages_linked_from(self, first: Iterable[str]) -> dict[str, str]:
        """Make a page of each path that is linked to from `first`, paths of pages in `docs`, and from those pages.

        Returns:
            The Markdown of all pages that are made by their paths on the site.
        """
        texts = {page: self._text(self._root / path) for path, page in self.pages.items()}
        waiting = [(f"docs/{page}", (self._root / "docs" / page).read_text()) for page in first]
        waiting += [(self._origin(path), texts[page]) for path, page in self.pages.items()]
        while waiting:
            origin, text = waiting.pop()
            for target in sorted({resolve(origin, href) for href in links_of(text)}):
                if target in self.pages or target.startswith(("docs/", "..")) or not (self._root / target).exists():
                    continue
                self.add(target)
                texts[self.pages[target]] = self._text(self._root / target)
                waiting.append((self._origin(target), texts[self.pages[target]]))
        return texts

    def rewrite(self, page: str, text: str) -> str:
        """Return the text of a page with links that lead from the site's page to the site's pages."""
        origin = self._origin({page: path for path, page in self.pages.items()}.get(page, f"docs/{page}"))

        def lead(match: re.Match[str]) -> str:
            target = resolve(origin, match[1])
            on_site = self.pages.get(target) or (target.removeprefix("docs/") if target.startswith("docs/") else None)
            return match[1] if on_site is None else posixpath.relpath(on_site, posixpath.dirname(page) or ".")

        return outside_code(text, lambda part: _LINK.sub(lead, part))

    def _origin(self, path: str) -> str:
        """Return the path of the text that is shown for a path, from which its links start."""
        return f"{path}/README.md" if (self._root / path).is_dir() else path

    def _text(self, path: Path) -> str:
        if path.is_dir():
            readme = path / "README.md"
            programs = sorted(path.glob("*.py"))
            start = readme.read_text() if readme.exists() else f"# {path.name}\n"
            return "\n\n".join([start, *(f"## {program.name}\n\n{_code(program)}" for program in programs)])
        return path.read_text() if path.suffix == ".md" else f"# {path.name}\n\n{_code(path)}"


def _code(path: Path) -> str:
    return f"````{_LANGUAGES.get(path.suffix, 'text')}\n{path.read_text()}````\n"


def page_name(path: str) -> str:
    """Return the name of the page of a path: one that differs from all others, without an ending."""
    return re.sub(r"[^\w]+", "_", path.removesuffix("/README.md").removesuffix(".md")).strip("_")


def resolve(origin: str, href: str) -> str:
    """Return the path that a link in the file `origin` leads to; both start at the root of the repository."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(origin), href))


def links_of(text: str) -> list[str]:
    """Return what the links of a page lead to, without anchors; links to other hosts are left out."""
    return _LINK.findall(_FENCE.sub("", text))


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Change what is not in a block of code."""
    parts, at = [], 0
    for block in _FENCE.finditer(text):
        parts += [change(text[at : block.start()]), block[0]]
        at = block.end()
    return "".join([*parts, change(text[at:])])
