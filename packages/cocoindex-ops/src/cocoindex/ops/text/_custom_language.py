"""`CustomLanguageConfig`: the separators of a user-defined language. Ops layer."""

from __future__ import annotations

from cocoindex.connectorkits import masked, shown

from ._arguments import check_text, check_texts
from ._patterns import Pattern, compile_separator
from .errors import DuplicateLanguageError, SplitterArgumentError


class CustomLanguageConfig:
    """The separators of a language or format that is not built in, or that should be split differently.

    Args:
        language_name: the name for `language=`, upper or lower case; it overrides a built-in language of that name.
        separators_regex: regular expressions, the preferred place to split first. A separator at which a text is split
            belongs to neither chunk. If no separator is close enough, a text is split between words.
        aliases: further names, such as file extensions with their dot.

    Raises:
        SplitterArgumentError: (a `TypeError`) an argument has the wrong type.
    """

    def __init__(self, language_name: str, separators_regex: list[str], aliases: list[str] | None = None) -> None:
        self.language_name = check_text(language_name, "language_name")
        if separators_regex is None:
            raise SplitterArgumentError("separators_regex is a list of str, not None")
        self.separators_regex = check_texts(separators_regex, "separators_regex")
        self.aliases = check_texts(aliases, "aliases")

    def __repr__(self) -> str:
        return masked(
            f"CustomLanguageConfig({self.language_name!r}, {self.separators_regex!r}, aliases={self.aliases!r})"
        )


def compile_languages(languages: list[CustomLanguageConfig] | None) -> dict[str, list[Pattern]]:
    """Return the compiled separators of each language, by each of its names in lower case.

    Raises:
        SeparatorPatternError: a separator is not a regular expression.
        DuplicateLanguageError: a name or alias is given twice.
        SplitterArgumentError: the argument is not a list of configurations.
    """
    compiled: dict[str, list[Pattern]] = {}
    for language in _checked(languages):
        where = f"separators_regex of the language {language.language_name!r}"
        patterns = [compile_separator(pattern, where) for pattern in language.separators_regex]
        for name in (language.language_name, *language.aliases):
            if name.lower() in compiled:
                raise DuplicateLanguageError(name)
            compiled[name.lower()] = patterns
    return compiled


def _checked(languages: list[CustomLanguageConfig] | None) -> list[CustomLanguageConfig]:
    if languages is None:
        return []
    if not isinstance(languages, list | tuple):
        raise SplitterArgumentError(
            f"custom_languages is a list of CustomLanguageConfig, not {type(languages).__name__}"
        )
    for language in languages:
        if not isinstance(language, CustomLanguageConfig):
            raise SplitterArgumentError(
                f"custom_languages holds {shown(language)}, which is not a CustomLanguageConfig"
            )
    return list(languages)
