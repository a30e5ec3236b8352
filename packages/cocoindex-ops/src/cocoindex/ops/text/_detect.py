"""`detect_code_language`: detects the language of a file by its name. Ops layer."""

from __future__ import annotations

from ._arguments import check_text
from ._languages import EXTENSIONS


def detect_code_language(*, filename: str) -> str | None:
    """Return the name of the language of a file's extension, or None if it is unknown.

    `RecursiveSplitter.split` accepts the name as `language=`. Case does not matter; folders are ignored.

    Args:
        filename: the name or path of a file, such as `"main.py"`.

    Raises:
        SplitterArgumentError: (a `TypeError`) `filename` is not a `str`.
    """
    _, dot, extension = check_text(filename, "filename").rpartition(".")
    return EXTENSIONS.get(extension.lower()) if dot else None
