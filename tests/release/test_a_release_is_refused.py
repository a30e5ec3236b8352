"""What is missing for a release, or for a new version, is said in one line, and the session has failed."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from small_repository import Repository

from release.__main__ import main
from release.clone import Clone

OPS = "packages/cocoindex-ops"


@pytest.fixture
def closed_port() -> str:
    """Return the address of an index that nobody is at."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}/simple"


def untracked(repository: Repository) -> None:
    repository.write("new.txt", "new")


def changed(repository: Repository) -> None:
    repository.write(f"{OPS}/README.md", "other")


def taken_from_git(repository: Repository) -> None:
    repository.git("rm", "--cached", f"{OPS}/README.md")


def moved(repository: Repository) -> None:
    repository.git("mv", f"{OPS}/README.md", f'{OPS}/odd "é.md')


def tagged(repository: Repository) -> None:
    repository.tag("cocoindex-ops-0.1.0")


def tagged_in_other_words(repository: Repository) -> None:
    repository.tag("cocoindex-ops-v0.1")


def tagged_under_the_name_of_its_files(repository: Repository) -> None:
    repository.tag("Cocoindex_ops-0.1.0")


def tagged_elsewhere(repository: Repository) -> None:
    repository.git("checkout", "-b", "other")
    changed(repository)
    repository.commit()
    tagged(repository)
    repository.git("checkout", "--detach", "main")


def below_one_released_before(repository: Repository) -> None:
    repository.tag("cocoindex-ops-0.2.0")
    changed(repository)
    repository.commit()


def shallow(repository: Repository) -> None:
    changed(repository)
    repository.commit()
    repository.write(".git/shallow", repository.git("rev-parse", "HEAD"))


def without_section(repository: Repository) -> None:
    repository.replace(f"{OPS}/CHANGELOG.md", "## 0.1.0", "## 0.0.9")
    repository.commit()


def with_empty_section(repository: Repository) -> None:
    repository.replace(f"{OPS}/CHANGELOG.md", "The first one.", "")
    repository.commit()


def with_a_section_in_a_comment(repository: Repository) -> None:
    repository.replace(f"{OPS}/CHANGELOG.md", "## 0.1.0\n\nThe first one.", "<!--\n## 0.1.0\n\nThe first one.\n-->")
    repository.commit()


def with_headings_only(repository: Repository) -> None:
    repository.replace(f"{OPS}/CHANGELOG.md", "The first one.", "### Added\n\n-\n<!-- what was\nadded -->")
    repository.commit()


def with_two_sections(repository: Repository) -> None:
    repository.replace(f"{OPS}/CHANGELOG.md", "## 0.1.0", "## 0.1.0\n\n- New.\n\n## 0.1.0")
    repository.commit()


def with_two_spellings_of_one_version(repository: Repository) -> None:
    repository.replace(f"{OPS}/CHANGELOG.md", "## 0.1.0", "## 0.1\n\n- New.\n\n## 0.1.0")
    repository.commit()


def with_a_byte_order_mark(repository: Repository) -> None:
    repository.write(f"{OPS}/CHANGELOG.md", "\ufeff## 0.2.0\n\n- New.\n\n## 0.1.0\n\nThe first one.\n")
    repository.commit()


def with_two_unreleased_sections(repository: Repository) -> None:
    repository.replace(f"{OPS}/CHANGELOG.md", "## 0.1.0", "## Unreleased\n\n- New.\n\n## [unreleased]\n\n## 0.1.0")
    repository.commit()


def with_another_version_above(repository: Repository) -> None:
    repository.replace(f"{OPS}/CHANGELOG.md", "## 0.1.0", "## 0.2.0\n\n- New.\n\n## 0.1.0")
    repository.commit()


def with_a_local_version(repository: Repository) -> None:
    for file in ("CHANGELOG.md", "pyproject.toml"):
        repository.replace(f"{OPS}/{file}", "0.1.0", "0.1.0+mine")
    repository.commit()


def hidden_from_git(repository: Repository) -> None:
    repository.git("update-index", "--assume-unchanged", f"{OPS}/README.md")
    changed(repository)


def with_a_name_that_is_not_utf8(repository: Repository) -> None:
    (repository.root / os.fsdecode(b"\xff.txt")).touch()


def that_fetches_no_tags(repository: Repository) -> None:
    repository.git("config", "remote.origin.tagOpt", "--no-tags")


def with_a_file_in_the_place_of_dist(repository: Repository) -> None:
    (repository.root / OPS / "dist").touch()


def without_changelog(repository: Repository) -> None:
    (repository.root / OPS / "CHANGELOG.md").unlink()
    repository.commit()


def with_unreleased_lines(repository: Repository) -> None:
    repository.replace(f"{OPS}/CHANGELOG.md", "## 0.1.0", "## Unreleased\n\n- New.\n\n## 0.1.0")
    repository.commit()


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (untracked, "the clone is dirty: commit or discard new.txt"),
        (changed, f"the clone is dirty: commit or discard {OPS}/README.md\n"),
        (taken_from_git, f"the clone is dirty: commit or discard {OPS}/README.md\n"),
        (moved, f'the clone is dirty: commit or discard {OPS}/README.md, {OPS}/odd "é.md\n'),
        (shallow, "the clone is shallow, tags may be missing: run `git fetch --unshallow --tags`"),
        (with_a_file_in_the_place_of_dist, f"{OPS}/dist is where the files go, and is no folder: remove it"),
        (hidden_from_git, f"git is told to ignore changes of {OPS}/README.md: run `git update-index"),
        (with_a_name_that_is_not_utf8, "the clone is dirty: commit or discard "),
        (
            that_fetches_no_tags,
            "the clone fetches no tags, so that some may be missing: run `git config --unset remote.",
        ),
        (with_a_local_version, "cocoindex-ops 0.1.0+mine has a local part, and no index takes such versions"),
        (tagged_in_other_words, "cocoindex-ops-v0.1 is tagged already"),
        (tagged_under_the_name_of_its_files, "Cocoindex_ops-0.1.0 is tagged already"),
        (tagged_elsewhere, "cocoindex-ops-0.1.0 is tagged already"),
        (below_one_released_before, "cocoindex-ops 0.2.0 was released before this commit, and 0.1.0 is below it"),
        (tagged, "cocoindex-ops-0.1.0 is tagged already"),
        (without_section, f"{OPS}/CHANGELOG.md has no section `## 0.1.0`"),
        (with_empty_section, f"{OPS}/CHANGELOG.md has nothing in the section `## 0.1.0`"),
        (with_a_section_in_a_comment, f"{OPS}/CHANGELOG.md has no section `## 0.1.0`"),
        (with_headings_only, f"{OPS}/CHANGELOG.md has nothing in the section `## 0.1.0`"),
        (with_two_sections, f"{OPS}/CHANGELOG.md has 2 sections `## 0.1.0`: make them one"),
        (with_two_spellings_of_one_version, f"{OPS}/CHANGELOG.md has 2 sections `## 0.1.0`: make them one"),
        (with_another_version_above, f"{OPS}/CHANGELOG.md has a section `## 0.2.0` above `## 0.1.0`"),
        (with_a_byte_order_mark, f"{OPS}/CHANGELOG.md has a section `## 0.2.0` above `## 0.1.0`"),
        (without_changelog, f"{OPS}/CHANGELOG.md cannot be read: No such file"),
        (with_unreleased_lines, f"{OPS}/CHANGELOG.md has lines under `## Unreleased`"),
        (with_two_unreleased_sections, f"{OPS}/CHANGELOG.md has lines under `## Unreleased`"),
    ],
)
def test_for_what_is_not_ready(
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
    prepare: Callable[[Repository], None],
    told: str,
) -> None:
    prepare(repository)
    for what in ("check", "make"):
        assert main(repository.root, [what, "cocoindex-ops"]) == 1
        assert_one_line(capsys, f"release: {told}")


@pytest.mark.parametrize("what", ["check", "make"])
def test_for_wrong_arguments(repository: Repository, capsys: pytest.CaptureFixture[str], what: str) -> None:
    assert main(repository.root, [what, "cocoindex-opps"]) == 1
    assert_one_line(capsys, "release: there is no distribution 'cocoindex-opps' in packages/; there are cocoindex-core")
    assert main(repository.root, [what]) == 1
    assert_one_line(capsys, "release: usage: nox -s release -- DIST, where DIST is one of cocoindex-core,")


def all_released(repository: Repository) -> None:
    tagged(repository)


def with_a_section_of_the_new_version(repository: Repository) -> None:
    repository.replace(f"{OPS}/CHANGELOG.md", "## 0.1.0", "## Unreleased\n\n- New.\n\n## 0.2\n\n- Newer.\n\n## 0.1.0")
    repository.commit()


def with_the_version_tagged(repository: Repository) -> None:
    repository.replace(f"{OPS}/CHANGELOG.md", "## 0.1.0", "## Unreleased\n\n- New.\n\n## 0.1.0")
    repository.commit()
    repository.tag("cocoindex-ops-0.2.0")


@pytest.mark.parametrize(
    ("prepare", "part", "told"),
    [
        (untracked, "minor", "the clone is dirty: commit or discard new.txt"),
        (all_released, "minor", f"{OPS}/CHANGELOG.md has no section `## Unreleased`"),
        (with_empty_section, "minor", f"{OPS}/CHANGELOG.md has nothing in the section `## 0.1.0`"),
        (with_two_unreleased_sections, "minor", f"{OPS}/CHANGELOG.md has 2 sections `## Unreleased`"),
        (without_changelog, "minor", f"{OPS}/CHANGELOG.md cannot be read: No such file"),
        (with_the_version_tagged, "0.1.0", "0.1.0 is not above 0.1.0, the version that cocoindex-ops has"),
        (with_the_version_tagged, "0.0.9", "0.0.9 is not above 0.1.0, the version that cocoindex-ops has"),
        (with_the_version_tagged, "1.0+mine", "1.0+mine has a local part, and no index takes such versions"),
        (with_the_version_tagged, "0.2.0", "cocoindex-ops-0.2.0 is tagged already"),
        (with_the_version_tagged, "v0.2", "cocoindex-ops-0.2.0 is tagged already"),
        (shallow, "minor", "the clone is shallow, tags may be missing"),
        (with_a_section_of_the_new_version, "0.2.0", f"{OPS}/CHANGELOG.md has a section `## 0.2.0` already"),
        (with_the_version_tagged, "bigger", "'bigger' is no version, nor one of major, minor, patch"),
    ],
)
def test_a_new_version_is_refused(
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
    prepare: Callable[[Repository], None],
    part: str,
    told: str,
) -> None:
    prepare(repository)
    before = repository.read(f"{OPS}/pyproject.toml")
    for what in ("check-bump", "bump"):
        assert main(repository.root, [what, "cocoindex-ops", part]) == 1
        assert_one_line(capsys, f"bump: {told}")
    assert repository.read(f"{OPS}/pyproject.toml") == before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('version = "0.1.0"', 'version = "first"', "cannot be read: Invalid version: 'first'"),
        ('version = "0.1.0"', "version = 1", "cannot be read: "),
        ('version = "0.1.0"', "", "has no 'version' under [project]"),
        ("[project]", "[projects]", "has no 'name' under [project]"),
        ("[project]", "[[[", "cannot be read: "),
        ("cocoindex-core ~= 0.1", "cocoindex-core ~> 0.1", "cannot be read: "),
    ],
)
@pytest.mark.parametrize("arguments", [["check", "cocoindex-ops"], ["check-bump", "cocoindex-core", "minor"]])
def test_for_a_pyproject_file_that_is_not_right(
    repository: Repository, capsys: pytest.CaptureFixture[str], old: str, new: str, told: str, arguments: list[str]
) -> None:
    repository.replace(f"{OPS}/pyproject.toml", old, new)
    repository.commit()
    assert main(repository.root, arguments) == 1
    session = "bump" if len(arguments) == 3 else "release"
    assert_one_line(capsys, f"{session}: {OPS}/pyproject.toml {told}")


@pytest.mark.parametrize("variable", ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "PIP_EXTRA_INDEX_URL", "UV_INDEX"])
@pytest.mark.parametrize(("what", "part"), [("check", []), ("check-bump", ["minor"])])
def test_for_an_index_that_does_not_answer(
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    closed_port: str,
    variable: str,
    what: str,
    part: list[str],
) -> None:
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, repository.root.as_uri())
    monkeypatch.setenv(variable, closed_port)
    assert main(repository.root, [what, "cocoindex-ops", *part]) == 1
    session = "bump" if part else "release"
    assert_one_line(capsys, f"{session}: the package index {closed_port} does not answer: ")


@pytest.mark.parametrize("address", ["pypi", "htp://127.0.0.1/simple", "http://[/simple", "file:///nobody/simple"])
def test_for_an_address_that_is_none(
    repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", address)
    assert main(repository.root, ["check", "cocoindex-ops"]) == 1
    assert_one_line(capsys, f"release: the package index {address} does not answer: ")


def test_where_git_cannot_say(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    (repository.root / ".git").rename(repository.root / "gone")
    assert main(repository.root, ["check", "cocoindex-ops"]) == 1
    assert_one_line(capsys, "release: git rev-parse failed: ")


def test_where_another_repository_is_around_it(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    inner = repository.root / "dist" / "it's a copy"  # git ignores what is in `dist`
    shutil.copytree(repository.root / "packages", inner / "packages")
    for arguments in (["check", "cocoindex-ops"], ["check-bump", "cocoindex-ops", "minor"]):
        assert main(inner, arguments) == 1
        session = "bump" if len(arguments) == 3 else "release"
        assert_one_line(
            capsys, f"{session}: this folder is no clone, but a part of the repository in {repository.root}"
        )


def test_git_answers_for_this_clone_in_its_own_words(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[core]\nautocrlf = true\n[column]\nui = always\n[color]\nui = always\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    text = Clone(repository.root).export("HEAD", OPS, tmp_path / "exported").joinpath("LICENSE").read_bytes()
    assert text == b"Apache License\n"
    monkeypatch.delenv("GIT_DIR")
    tagged(repository)
    repository.tag("cocoindex-ops-0.0.1")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert main(repository.root, ["check", "cocoindex-ops"]) == 1
    assert_one_line(capsys, "release: cocoindex-ops-0.1.0 is tagged already")


def assert_one_line(capsys: pytest.CaptureFixture[str], told: str) -> None:
    """Assert that one line was printed, which begins like this."""
    printed = capsys.readouterr()
    assert printed.err.startswith(told)
    assert printed.err.count("\n") == 1
    assert printed.out == ""
