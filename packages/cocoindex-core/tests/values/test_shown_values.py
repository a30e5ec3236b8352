"""Values stand in messages in bounded length, without passwords, and whatever their `repr()` does."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex.connectorkits import masked, shown

EXCEPTIONS: list[type[BaseException]] = [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit, RecursionError]


@dataclasses.dataclass
class Connection:
    host: str
    password: str


def raising(error: type[BaseException]) -> object:
    class Rude:
        def __repr__(self) -> str:
            raise error

    return Rude()


@pytest.mark.parametrize("value", [None, 1, True, 1.5, "a'b", b"\0", (1,), [1, "a"], {"b": 1, "a": [2]}, {1}, int])
def test_a_short_value_is_its_repr(value: object) -> None:
    assert shown(value) == repr(value)


@pytest.mark.parametrize("error", EXCEPTIONS)
@pytest.mark.parametrize("put", [lambda x: x, lambda x: [1, x], lambda x: {"key": x}, lambda x: OrderedDict(key=x)])
def test_a_repr_that_raises_is_named(error: type[BaseException], put: Callable[[object], object]) -> None:
    assert error.__name__ in shown(put(raising(error)))


def nested(depth: int) -> object:
    value: object = 1
    for number in range(depth):
        value = (value,) if number % 2 else [value]
    return value


def endless() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    "value",
    ["x" * 10**6, b"x" * 10**6, [1] * 10**6, dict.fromkeys(range(10**5)), 10**10_000, nested(100_000), endless()],
    ids=["str", "bytes", "list", "dict", "int", "nested", "endless"],
)
def test_a_large_value_is_cut(value: object) -> None:
    assert len(shown(value)) <= 200
    assert len(shown(value, 40)) <= 40


@pytest.mark.parametrize("password", ["secret", "se@cret", "se/cret", "it's:secret", 'a"secret', "%40secret"])
@pytest.mark.parametrize(
    "put",
    [
        lambda url: url,
        lambda url: url.encode(),
        lambda url: [url],
        lambda url: {"dsn": url},
        lambda url: type("Url", (str,), {})(url),
        lambda url: f"could not connect to {url} now",
    ],
)
def test_the_password_of_a_url_is_hidden(password: str, put: Callable[[str], object]) -> None:
    text = shown(put(f"postgresql+psycopg://user:{password}@host:5432/db"))
    assert "secret" not in text
    assert "user:***@host:5432/db" in text


@pytest.mark.parametrize(
    "value",
    [
        "host=h user=u password=secret dbname=d",
        "password = 'se secret' host=h",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=secret==;EndpointSuffix=x",
        "https://a.blob.core.windows.net/c?sv=1&sig=secret&se=2",
        "https://b.s3.amazonaws.com/k?X-Amz-Signature=secret&x=1",
        "Authorization: Bearer secret.secret",
        "postgresql://h/d?user=u&password=secret&x=1",
        {"host": "h", "password": "secret"},
        Connection("h", "secret"),
        "AWS_SECRET_ACCESS_KEY=secret",
        {"api_key": "secret"},
        "user:secret@host/db",
        "user:secret@host:5432",
        "//user:secret@host/db",
        "https://secret0secret1secret2@host/path",
        "scott/secret@host:1521/orcl",
        "scott/secret@//host:1521/orcl",
        "file:notes.db?hexkey=secret",
        "CREATE SECRET s3 (TYPE s3, SECRET 'secret')",
        "sk-proj-secretsecretsecret",
        r"host=h password='it\'s secret' dbname=d",
        r"host=h password=it\ secret dbname=d",
        "host=h password\n=\nsecret dbname=d",
        "mssql+pyodbc:///?odbc_connect=UID%3Du%3BPWD%3Dsecret%3BDATABASE%3Dd",
        "postgresql://user@server:secret@host/db",
        "postgresql://user:it secret@host/db",
        "postgresql://user:it\nsecret@host/db",
        '{"user": "u", "pass": "secret"}',
        {"auth": {"pw": "secret"}},
        {b"password": b"secret"},
        [("user", "u"), ("password", "secret")],
        repr(repr("host=h password='secret' dbname=d")),
        "Authorization: Basic secretsecret==",
        "CREATE USER u IDENTIFIED BY 'secret'",
        "psql --password secret",
        '{"private_key": "secret"}',
        "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----",
        b"-----BEGIN RSA PRIVATE KEY-----\nsecret",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.secretsecretsecret",
        "Cookie: session=secret; theme=dark",
        {"Set-Cookie": "sid=secret; Path=/"},
        "localhost:5432:db:user:secret",
        "*:*:*:postgres:secret",
        "machine api.example.com login bob password secret",
    ],
)
def test_a_password_that_is_named_is_hidden(value: object) -> None:
    assert "secret" not in shown(value).replace("AWS_SECRET", "")
    assert "***" in shown(value)


def test_a_password_is_hidden_where_its_end_is_cut_off() -> None:
    assert "sss" not in shown("postgresql://user:" + "s" * 100_000 + "@host")


def test_the_message_of_a_driver_is_masked() -> None:
    assert masked('invalid port in "postgresql://u:secret@h:x"') == 'invalid port in "postgresql://u:***@h:x"'


@pytest.mark.parametrize(
    "text",
    [
        *("http://host:8080/path", "a: b", "x = 1", "s3://bucket/key", "10:30", "mailto:joe@example.org"),
        *(
            "https://user@host/path",
            "mail/joe@example.org",
            "git@github.com:a/b",
            "python:3.11@sha256:12ab",
            "unexpected token 'x'",
            "sk-short",
        ),
        *(
            "a.py:12:5: E501",
            "12:30:45.123",
            "::1",
            "fe80:1234:0:0:0:0:0:1",
            "00:11:22:33:44:55",
            "1:2:3",
            "cookie: 1",
            "login with a password now",
        ),
    ],
)
def test_a_text_without_passwords_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "a-",
        "a_",
        "password_",
        "'",
        "u:",
        "a://b:c",
        "\\'",
        "password='",
        "a://b:",
        "password=\\'",
        "a:1:b:",
        "a/b@c:1",
        "a://b",
        "cookie=a",
    ],
)
@pytest.mark.parametrize("end", ["=", ":", " @"])
def test_a_long_text_takes_no_longer_than_its_length(text: str, end: str) -> None:
    shown(text * 10_000 + end)  # which took minutes
    masked(text * 10_000 + end)


@given(st.recursive(st.none() | st.text() | st.binary() | st.floats() | st.integers(), st.lists))
def test_it_never_raises(value: object) -> None:
    for each in (value, deque([value]), defaultdict(list, {1: value}), Connection("h", str(value))):
        assert len(shown(each)) <= 200
