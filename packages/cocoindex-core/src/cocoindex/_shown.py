"""How a value stands in a message: in bounded length, without passwords, and without raising.

Beside `errors`, above all layers: values come from users, and so does their `__repr__`.
"""

from __future__ import annotations

import re
from reprlib import Repr
from typing import Any, Final

_LONGEST: Final = 200
# So much of a text is looked at for passwords before it is cut.
_LOOKED_AT: Final = 20_000
_HIDDEN: Final = "***"
_SECRET_NAME: Final = (
    r"(?:password|passwd|passphrase|pwd|secret|token|(?:api|access|account|private)[_-]?key|credential|signature"
    r"|\bsig)s?"
)
# Compiled when first used: most programs show nothing. A password may hold any sign, so the last @ of a word ends it;
# one that was cut off before its @ ends with the text. Of two slashes a path keeps one.
_SCHEME: Final = r"(?:(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*://?|//)"
_USER: Final = rf"""{_SCHEME}[^\s:/?\#'"]*:(?!\d{{1,5}}(?:[/?\#]|$))"""
_CUT_URL: Final = rf"""({_SCHEME}[^\s:/?\#@'"]+:)(?!\d{{1,5}}(?:/|$))[^\s'"@]+$"""
_BLANK_IN_URL: Final = r"""(\w://[^\s:/?\#@'"]*:)(?!\d{1,5}(?:[/?\#\s]|$))[^\s'"@]{1,200}\s[^'"@]{0,200}(?=@[\w.\[-])"""
_WITHOUT_SCHEME: Final = r"""(?<![\w.+/:@-])((?!mailto:)[\w.+-]+:)[^\s/:@'"]+(?=@[\w.-]+(?::\d+)?(?:[/'"?\s]|$))"""
# A token, as in https://TOKEN@host; and a user and a password of Oracle, told from a path by the port.
_LONG_USER: Final = r"(?<![\w+.-])([A-Za-z][\w+.-]*://)[\w.~%+-]{20,}(?=@)"
_ORACLE: Final = r"""(?<![\w/@:.-])(\w+/)[^\s/@'"]+(?=@(?://)?[\w.-]+:\d+/)"""
_BEARER: Final = r"(?i)(\bBearer\s+|\bauthorization\\?['\"]?\s*[=:]\s*\\?['\"]?\w+\s+)[\w.~+/=-]{6,}"
_KEY: Final = r"(?<![\w-])(sk-|hf_|gh[opsu]_|github_pat_|xox[a-z]-|AIza|eyJ[\w-]*\.eyJ)[\w.-]{16,}"
_PEM: Final = r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^-]*"
_COOKIE: Final = r"(?i)(\bcookie\\?['\"]?\s*[=:]\s*b?\\?['\"]?[\w.-]+=)[^\s'\";]+"
# The lines of a .pgpass file and of a .netrc file.
_PGPASS: Final = r"(?<![\w.:@/-])([\w.*-]+:(?:\d{2,5}|\*):[\w.*-]+:(?=[^:]*[g-z_*])[\w.*@-]+:)[^\s'\"]+"
_NETRC: Final = r"(\blogin\s+\S+\s+password\s+)[^\s'\"]+"
_KEY_IN_URL: Final = r"""(?i)([?&](?:(?:hex|text)?key|[\w-]*(?:token|signature)|sig)=)[^&\s'"]+"""
_ENCODED: Final = r"""(?i)((?:\b|%3B)(?:PWD|PASSWORD)%3D)(?:(?!%3B)[^&\s'"])+"""
_IN_SQL: Final = r"(\b(?:PASSWORD|[Pp]assword|SECRET|TOKEN|IDENTIFIED\s+BY)\s+\\?')[^'\\]*"
_OPTION: Final = r"(?<!\S)(--pass(?:word|wd|phrase)?\s+)[^\s'\"-][^\s'\"]*"
# Each is looked for only in texts with one of its signs, which is faster.
_PLAIN: Final = (
    (("://",), _LONG_USER),
    (("@",), _ORACLE),
    (("earer", "uthorization"), _BEARER),
    (("?", "&"), _KEY_IN_URL),
    (("%3",), _ENCODED),
    (("--pass",), _OPTION),
    (("'",), _IN_SQL),
    (("PRIVATE KEY",), _PEM),
    (("ookie",), _COOKIE),
    (("login",), _NETRC),
)
# A value in quotes that are escaped as in a `repr()`, in plain quotes, without an end, or without quotes.
_VALUE: Final = (
    r"""((?P<quote>\\+['"]).*?(?P=quote)|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|'[^']*'|"[^"]*"|"""
    r"""(?:[^\s,;&)\]}'"]|(?<=\\)[ '"])+)"""
)
# What is no name of a column or the like: of messages as a whole no more than this is looked for.
_IN_MESSAGE: Final = (
    r"(?is)((?<![\w-])[\w-]*(?:password|passwd|passphrase|pwd|motherduck_token|secret_access_key|(?:api|account)[_-]?key"
    r"|client_?secret|(?:auth|access|refresh|session)_?token|private_?key|(?<![^'\"\\])pass(?=\\?['\"]))"
    rf"""(?:\\*['"]?\s*=\s*|\\*['"]\s*:\s*(?=b?\\*['"]))b?){_VALUE}"""
)
_NAMED: Final = (
    rf"""(?is)((?<![\w-])(?:[\w-]*{_SECRET_NAME}(?:_id)?|(?<=['"])(?:pass|pw)(?=\\*['"])|(?:pass|pw)(?==))"""
    rf"""\\*['"]?\s*[=:]\s*b?){_VALUE}"""
)
_PAIR: Final = rf"""(?i)(\(b?(['"])[\w-]*{_SECRET_NAME}\2,\s*b?(['"]))[^'"]*(?=\3\))"""


def shown(value: object, longest: int = _LONGEST) -> str:
    """Return the text of a value for a message; safe where `repr()` of a user's value raises or is huge.

    Args:
        value: anything.
        longest: maximum number of characters; a longer text is cut and ends in "…".

    Returns:
        Its `repr()`, with passwords in URLs and connection strings replaced by `***`; the name of its class if `repr()`
        raises. Never raises.
    """
    try:
        return _cut(_text(value, longest), longest)
    except BaseException as error:  # whatever user code raises
        return f"<{type(value).__qualname__}, whose repr() raises {type(error).__qualname__}>"


def masked(text: str) -> str:
    """Replace the passwords of URLs and connection strings in a text by `***`.

    Args:
        text: for instance the message of a driver, which may quote its arguments.
    """
    text = _without_plain(text)
    if "@" in text:
        text = re.sub(_WITHOUT_SCHEME, rf"\1{_HIDDEN}", text)
    if "(" in text:
        text = re.sub(_PAIR, rf"\1{_HIDDEN}", text)
    if text.count(":") >= 4:
        text = re.sub(_PGPASS, rf"\1{_HIDDEN}", text)
    return re.sub(_NAMED, _hide_named, text) if "=" in text or ":" in text else text


def without_passwords(message: str) -> str:
    """Return a message with `***` in place of the passwords of URLs, and of connection strings, that it quotes."""
    message = _without_plain(message)
    return re.sub(_IN_MESSAGE, _hide_named, message) if "=" in message or ":" in message else message


def _without_plain(text: str) -> str:
    """Hide what is a password wherever it stands: in URLs and in SQL, and keys of well-known forms."""
    if "@" in text:
        text = re.sub(r"\S+", _hide_in_url, text)
        text = re.sub(_BLANK_IN_URL, rf"\1{_HIDDEN}", text)
    for signs, pattern in _PLAIN:
        if any(sign in text for sign in signs):
            text = re.sub(pattern, rf"\1{_HIDDEN}", text)
    return re.sub(_KEY, rf"\1{_HIDDEN}", text)


def _hide_in_url(word: re.Match[str]) -> str:
    before, at, behind = word[0].rpartition("@")
    user = re.search(_USER, before) if at else None
    return f"{before[: user.end()]}{_HIDDEN}@{behind}" if user else word[0]


def _hide_named(found: re.Match[str]) -> str:
    quote = found["quote"] or (found[2][0] if found[2][0] in "'\"" else "")
    return f"{found[1]}{quote}{_HIDDEN}{quote}"


def _text(value: object, longest: int) -> str:
    if type(value) is str:
        return repr(_masked_start(value))
    if type(value) in (int, float, bool, type(None)):
        return repr(value) if not isinstance(value, int) or value.bit_length() < 4 * longest else hex(value)
    text = _Bounded(longest).repr(value)
    return _masked_start(str.encode(text, "utf-8", "backslashreplace").decode())


def _masked_start(text: str) -> str:
    if len(text) > _LOOKED_AT:
        text = re.sub(_CUT_URL, rf"\1{_HIDDEN}", text[:_LOOKED_AT]) + "…"
    return masked(text)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


class _Bounded(Repr):
    """Looks at no more of a container than can be shown, and lets no part of it spoil the whole."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self.maxlevel = 6
        self.maxstring = self.maxother = _LOOKED_AT
        self.maxlong = longest
        for name in ("maxtuple", "maxlist", "maxarray", "maxdict", "maxset", "maxfrozenset", "maxdeque"):
            setattr(self, name, longest // 2)

    def repr1(self, x: Any, level: int) -> str:
        try:
            return super().repr1(x, level)
        except BaseException as error:  # whatever user code raises
            return f"<{type(x).__qualname__}, whose repr() raises {type(error).__qualname__}>"

    def repr_dict(self, x: Any, level: int) -> str:
        """In the order of the dict, as `repr()` has it."""
        if level <= 0:
            return "{…}"
        parts = []
        for number, (key, value) in enumerate(dict.items(x)):
            if number >= self.maxdict:
                parts.append("…")
                break
            parts.append(f"{self.repr1(key, level - 1)}: {self.repr1(value, level - 1)}")
        return "{" + ", ".join(parts) + "}"

    def repr_str(self, x: str, level: int) -> str:
        return repr(_masked_start(x))

    def repr_instance(self, x: Any, level: int) -> str:
        return repr(x)
