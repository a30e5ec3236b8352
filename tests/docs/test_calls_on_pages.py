"""Parameters of public functions that the pages name in sentences and tables are those of the approved interface."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"`(?:await )?(?:[\w.]+\.)?(\w+)\(([^`]+)\)`")


def signatures() -> dict[str, list[ast.arguments]]:
    """The parameters of public functions and classes by the last part of their names."""
    found = defaultdict(list)
    for file in (ROOT / "api" / "approved").glob("*.txt"):
        for line in file.read_text().splitlines():
            path, _, told = line.partition(" ")
            kind = re.fullmatch(r"(?:async )?(?:def|fields)(\(.*\))( -> .*)?", told.partition(" @")[0])
            owner, _, name = path.partition("@")[0].rpartition(".")
            if kind:
                last = owner.rpartition(".")[2] if name in ("__init__", "__new__", "__call__") else name
                found[last].append(ast.parse(f"def f{kind[1]}: ...").body[0].args)  # type: ignore[attr-defined]
    return found


KNOWN = signatures()


def names(arguments: ast.arguments) -> tuple[list[str], set[str]]:
    """The parameters that have an order, but for `self`, and those that have none."""
    ordered = [each.arg for each in [*arguments.posonlyargs, *arguments.args] if each.arg not in ("self", "cls")]
    return ordered, {each.arg for each in arguments.kwonlyargs}


def is_of(told: ast.arguments, real: ast.arguments) -> bool:
    """Whether a function has these parameters and no others; those of its `**options` have no names there."""
    ordered, others = names(told)
    real_ordered, real_others = names(real)
    return ordered == real_ordered and (others == real_others or (real.kwarg is not None and others > real_others))


def takes(real: ast.arguments, keywords: set[str]) -> bool:
    """Whether a function can be called with these."""
    ordered, others = names(real)
    return real.kwarg is not None or keywords <= {*ordered, *others}


def wrong(text: str) -> Iterator[str]:
    """The calls and signatures in a page that no public function of the name has."""
    for found in CALL.finditer(FENCED.sub("", text)):
        name, inner = found[1], " ".join(found[2].split()).replace("\\|", "|")
        if name not in KNOWN or ")." in inner:
            continue
        if re.search(r"(^|, )\*,", inner) and "..." not in inner:
            told = ast.parse(f"def f({inner}): ...").body[0].args  # type: ignore[attr-defined]
            possible = any(is_of(told, real) for real in KNOWN[name])
        else:
            try:
                call = ast.parse(f"f({inner})", mode="eval").body
            except SyntaxError:
                continue  # no Python, such as an SQL type
            assert isinstance(call, ast.Call)
            keywords = {word.arg for word in call.keywords if word.arg}
            possible = any(takes(real, keywords) for real in KNOWN[name])
        if not possible:
            yield found[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT / "docs")))
def test_calls_are_possible(page: Path) -> None:
    assert list(wrong(page.read_text())) == []


@pytest.mark.parametrize(
    "call",
    [
        "amazon_s3.BucketTarget(client_key, bucket_name, *, prefix='', request_payer=False, adopt=False)",
        "amazon_s3.BucketTarget(client, bucket_name, *, prefix='', request_payer=False)",
        "BucketTarget(S3, 'bucket', folder='site/')",
    ],
)
def test_others_are_found(call: str) -> None:
    assert list(wrong(f"words `{call}` and `BucketTarget(..., adopt=True)`")) == [f"`{call}`"]
