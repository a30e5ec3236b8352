"""The hooks of the documentation site: pages that are generated, scripts, and links out of `docs`."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files, InclusionLevel

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # mkdocs loads this file by its path
    sys.path.insert(0, str(ROOT))

from api.interface import merge_sources

from website import api_reference, cli_reference, javascript
from website.repository import FOLDER, Repository, page_name

# `mkdocs.yml` names this folder to mkdocstrings.
_SOURCES = ROOT / "build" / "sources"
_DRAWING = re.compile(r'<pre class="mermaid"><code>(?!flowchart TB).*?</pre>', re.DOTALL)
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_CODE = re.compile(r"<code>(?:[^<]|<wbr>)*</code>")
# In a table, a line may end between the parts of a long name or path.
_LONG_NAME = re.compile(r"[^\s<>]{16,}")
_END_OF_PART = re.compile(r"(?<=[^\W_])[._/(=@\[](?=&quot;|[^\W\d_])")
# A browser would end a line between the dashes and the word.
_OPTION = re.compile(r"(?<![\w-])--\w[\w-]*")
_repository = Repository(ROOT)


def on_startup(command: str, dirty: bool) -> None:
    """Put all packages into one folder, where the reference finds them."""
    shutil.rmtree(_SOURCES, ignore_errors=True)
    try:
        merge_sources({path.name: path / "src" for path in ROOT.glob("packages/*")}, _SOURCES)
    except OSError as error:
        raise PluginError(f"the folder `build` of the clone cannot be written: {error}") from error


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fill in the parts of the navigation that are generated."""
    filled: dict[str, list[dict[str, Any]]] = {
        "reference/api/": api_reference.nav_of(_modules()),
        "examples/": [
            {path.name.replace("_", " ").capitalize(): f"{FOLDER}/{page_name(path.as_posix())}.md"}
            for path in _examples()
        ],
    }
    for section in filter(None, (next(iter(entry.values())) for entry in config.nav or [])):
        for number, entry in enumerate(section if isinstance(section, list) else []):
            for title, target in entry.items() if isinstance(entry, dict) else []:
                if isinstance(target, str) and target in filled:
                    section[number] = {title: filled[target]}
        # The session `matrix` writes this page; a clone may have none yet.
        if isinstance(section, list) and not (ROOT / "docs" / "matrix.md").is_file():
            section[:] = [entry for entry in section if entry != {"Matrix": "matrix.md"}]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is generated: the reference, pages for what lies outside of `docs`, and scripts."""
    for name, text in [*api_reference.pages_of(_modules(), _SOURCES), (cli_reference.PAGE, cli_reference.page())]:
        files.append(File.generated(config, name, content=text))
    for path in _examples():
        _repository.add(path.as_posix())
    written = [file.src_uri for file in files.documentation_pages() if file.generated_by is None]
    for name, text in _repository.pages_linked_from(written).items():
        files.append(File.generated(config, name, content=text, inclusion=InclusionLevel.NOT_IN_NAV))
    for script in javascript.fetch(ROOT / "build" / "javascript"):
        files.append(File.generated(config, f"assets/javascript/{script.name}", abs_src_path=str(script)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links out of `docs` to the pages that stand for what they lead to; leave out words that are for tests."""
    return _repository.rewrite(page.file.src_uri, markdown.replace("```sh fails\n", "```sh\n"))


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Fit drawings, tables and options of commands to a phone.

    Each drawing is put into a box that scrolls, as most are wider than the page; one that begins with `flowchart TB` is
    narrow, and stays whole. In tables, long names get places where a line may end. Options have none.
    """
    html = _DRAWING.sub(r'<div class="drawing">\g<0></div>', html)
    html = _TABLE.sub(lambda table: _CODE.sub(_with_breaks, table[0]), html)
    return _CODE.sub(lambda code: _OPTION.sub(r'<span class="option">\g<0></span>', code[0]), html)


def _with_breaks(code: re.Match[str]) -> str:
    return _LONG_NAME.sub(lambda name: _END_OF_PART.sub(r"\g<0><wbr>", name[0]), code[0])


def _modules() -> list[api_reference.Module]:
    return api_reference.read_modules(ROOT / "api" / "approved")


def _examples() -> list[Path]:
    return sorted(path.parent.relative_to(ROOT) for path in ROOT.glob("examples/*/main.py"))
