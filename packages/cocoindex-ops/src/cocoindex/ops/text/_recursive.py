"""`RecursiveSplitter`: splits a text at the best boundaries that keep chunks within a size. Ops layer."""

from __future__ import annotations

from cocoindex.resources.chunk import Chunk

from ._arguments import check_sizes, check_text, encode
from ._custom_language import CustomLanguageConfig, compile_languages
from ._cut import Cuts
from ._grammars import SourceParser
from ._languages import GRAMMARS, RUNNING_TEXT, SPLIT_BY, find_language
from ._locate import Locator
from ._markdown import Markdown
from ._outline import Outline
from ._pack import Packer
from ._prose import Prose
from ._separated import Separated
from ._syntax import Syntax
from .code_source import CodeSource, ParsedOnce
from .errors import SplitterArgumentError


class RecursiveSplitter:
    """Splits texts at the best boundaries: between blocks, else lines, else sentences, else words.

    Blocks depend on the language: nodes of the syntax tree if there is a grammar, headings and blocks in Markdown,
    indented lines in other code, paragraphs in running text. One splitter can be used for many texts, and by several
    threads at a time.

    Args:
        custom_languages: your own languages.

    Raises:
        SeparatorPatternError, DuplicateLanguageError: (each a `ValueError`) invalid definition of a custom language.
        SplitterArgumentError: (a `TypeError`) `custom_languages` is not a list of `CustomLanguageConfig`.
    """

    def __init__(self, *, custom_languages: list[CustomLanguageConfig] | None = None) -> None:
        self._languages = compile_languages(custom_languages)

    def split(
        self,
        text: str | CodeSource,
        chunk_size: int,
        *,
        min_chunk_size: int | None = None,
        chunk_overlap: int | None = None,
        language: str | None = None,
    ) -> list[Chunk]:
        """Return the chunks of `text`, in order.

        All sizes are in bytes of UTF-8. No chunk is larger than `chunk_size`, except for a single larger character.
        Chunks begin and end without whitespace, but a chunk that begins a line keeps the line's indentation. Except
        for whitespace and the separators of custom languages, the chunks contain the whole text. A word is split only
        if it is longer than a chunk.

        Args:
            text: the text to split; a `CodeSource` has its own language, and its syntax tree is shared.
            chunk_size: maximum size of a chunk, at least 1.
            min_chunk_size: minimum size of a chunk, if there is a suitable boundary; by default half of `chunk_size`.
                With an overlap, it is also the minimum size of the new part of a chunk, but at most half of
                `chunk_size - chunk_overlap`.
            chunk_overlap: maximum size of the end of a chunk that the next chunk repeats; less than `chunk_size`. The
                next chunk begins at a boundary, so it repeats this much or somewhat less.
            language: name of a language or its file extension (`"python"`, `".py"`, `"py"`), upper or lower case. None
                or an unknown name means running text.

        Raises:
            SplitSizeError: (a `ValueError`) a size is out of range.
            SplitterArgumentError: (a `TypeError` and `ValueError`) a size or the language has the wrong type, or the
                language is given together with a `CodeSource`.
            UnsplittableTextError: (a `TypeError` and `ValueError`) `text` is not a `str` or cannot be encoded as UTF-8.
            MissingExtraError: (an `ImportError`) the language needs tree-sitter, which is not installed.
        """
        source = None
        if isinstance(text, CodeSource):
            if language is not None:
                raise SplitterArgumentError("a CodeSource has its own language; leave `language` out")
            source, language = text, text.language
            text = source.text
        data = encode(text)
        sizes = check_sizes(chunk_size, min_chunk_size, chunk_overlap)
        name = None if language is None else check_text(language, "language").lower()
        separators = self._languages.get(name) if name is not None else None
        if separators is not None:
            packer = Packer(data, Separated(text, data, separators, sizes.limit), sizes, fallback=Prose(data))
        else:
            packer = Packer(data, _cuts(data, name, sizes.limit, source), sizes)
        locator = Locator(text, data)
        return [locator.chunk(start, end) for start, end in packer.pieces()]


def _cuts(data: bytes, name: str | None, limit: int, source: CodeSource | None) -> Cuts:
    """Return the cuts of a text in a built-in language, or of running text."""
    language = find_language(name) if name else None
    if language is None or language in RUNNING_TEXT or len(data) <= limit:
        return Prose(data)
    if language == "markdown":
        return Markdown(data)
    if language in GRAMMARS:
        parser = SourceParser(language, SPLIT_BY.get(language))
        return Syntax(data, parser if source is None or language in SPLIT_BY else ParsedOnce(source, parser), limit)
    return Outline(data)
