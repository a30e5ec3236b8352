"""Keeps a folder of Markdown files up to date with a folder of PDF and HTML documents.

    python main.py

README.md beside this file says more.
"""

from __future__ import annotations

import io
import os
import pathlib
from collections.abc import Iterator

import pypdf
from bs4 import BeautifulSoup
from markdownify import ATX, MarkdownConverter

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.resources.file import FileLike, PatternFilePathMatcher

HERE = pathlib.Path(__file__).parent
STATE = pathlib.Path(os.environ.get("DOCUMENTS_TO_MARKDOWN_STATE", HERE / "state"))

# Their names are what is remembered, so that both folders may move.
DOCUMENTS = coco.ContextKey[pathlib.Path]("documents")
MARKDOWN = coco.ContextKey[pathlib.Path]("markdown")


@coco.lifespan
def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
    builder.settings.db_path = STATE / "store"
    builder.provide(DOCUMENTS, pathlib.Path(os.environ.get("DOCUMENTS_FOLDER", HERE / "documents")))
    builder.provide(MARKDOWN, pathlib.Path(os.environ.get("MARKDOWN_FOLDER", STATE / "markdown")))
    yield


@coco.fn.as_async  # runs in a thread: reading a long PDF takes seconds, in which others go on
def pdf_to_markdown(content: bytes) -> str:
    """Return the text of a PDF, each page under a heading."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return "\n\n".join(f"## Page {number}\n\n{page.extract_text().strip()}" for number, page in enumerate(pages, 1))


@coco.fn.as_async
def html_to_markdown(content: bytes) -> str:
    """Return what a page shows: no scripts, no styles."""
    page = BeautifulSoup(content, "html.parser")
    for hidden in page(["script", "style", "head"]):
        hidden.decompose()
    return MarkdownConverter(heading_style=ATX, bullets="-").convert_soup(page).strip()


@coco.fn(memo=True)  # runs again for a document only when it, this function or one that it calls changed
async def convert(file: FileLike[pathlib.Path], target: localfs.DirTarget) -> None:
    """Declare the Markdown file of one document."""
    path = file.file_path.path
    to_markdown = pdf_to_markdown if path.suffix.lower() == ".pdf" else html_to_markdown
    text = await to_markdown(await file.read())
    # The old ending stays in the name: a folder may have both a plan.pdf and a plan.html.
    target.declare_file(f"{path.as_posix()}.md", f"# {path.stem}\n\n{text}\n", create_parent_dirs=True)


@coco.fn
async def convert_folder() -> None:
    """Declare the folder of Markdown files, and mount one component a document."""
    target = await localfs.mount_dir_target(MARKDOWN)
    matcher = PatternFilePathMatcher(included_patterns=["**/*.pdf", "**/*.PDF", "**/*.html", "**/*.htm"])
    files = localfs.walk_dir(DOCUMENTS, recursive=True, path_matcher=matcher)
    await coco.mount_each(convert, files.items(), target)


app = coco.App("DocumentsToMarkdown", convert_folder)

if __name__ == "__main__":
    app.update_blocking(report_to_stdout=True)
