"""What `nox -s release -- DIST` does: refuse, build, look, install, and say what to tag and publish."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from release.build import Built, build_twice, digest
from release.changelog import UNRELEASED, Section, demand_section, section_of
from release.clone import Clone
from release.contents import faults_of_sdist, faults_of_wheel
from release.distributions import Distribution, find_distribution, read_distributions
from release.installed import build_others, install_together
from release.problem import Problem


def refuse_unready(root: Path, name: str) -> tuple[Distribution, Section]:
    """Return the distribution, and the section of its CHANGELOG for its version.

    Raises:
        Problem: it is unknown, its files cannot be written, not all is committed, tags may be missing, no index takes
            the version, it is tagged or below one that was released before this commit, or the CHANGELOG does not tell
            of it.
    """
    distribution = find_distribution(root, name)
    out = distribution.folder / "dist"
    if out.exists() and not out.is_dir():
        raise Problem(f"packages/{name}/dist is where the files go, and is no folder: remove it")
    if not os.access(out if out.exists() else distribution.folder, os.W_OK):
        raise Problem(f"packages/{name}/dist is where the files go, and cannot be written")
    clone = Clone(root)
    clone.refuse_changes()
    clone.refuse_missing_tags()
    bump = f"`nox -s bump -- {name} minor` gives it a new version"
    if distribution.version.local:
        raise Problem(f"{name} {distribution.version} has a local part, and no index takes such versions: {bump}")
    if (tag := clone.tag_of(name, distribution.version)) is not None:
        raise Problem(f"{tag} is tagged already: {bump}")
    if (behind := clone.version_behind(name)) is not None and behind > distribution.version:
        raise Problem(
            f"{name} {behind} was released before this commit, and {distribution.version} is below it: {bump}"
        )
    changelog, version = distribution.read_changelog(), str(distribution.version)
    where = f"packages/{name}/CHANGELOG.md"
    section = demand_section(changelog, version, where)
    if (left := section_of(changelog, UNRELEASED)) is not None and left.text:
        raise Problem(f"{where} has lines under `## {UNRELEASED}`: {bump}")
    return distribution, section


def make(root: Path, name: str) -> None:
    """Make the files of a release in the folder `dist` of the distribution, and print what was found out.

    Raises:
        Problem: it is not to be released as it is.
    """
    distribution, section = refuse_unready(root, name)
    clone = Clone(root)
    built = build_twice(clone, name, distribution.folder / "dist")
    print(f"{name} {distribution.version}, from {clone.commit()[:12]}")
    for file in built.files():
        print(f"  built twice, the same bytes: {file.name}  sha256 {digest(file)}")
    _check_texts(built)
    print("  twine check --strict: passed")
    if faults := [*faults_of_wheel(built.wheel, name), *faults_of_sdist(built.sdist)]:
        print(*faults, sep="\n", file=sys.stderr)
        raise Problem(f"{name} cannot be released with these contents: {len(faults)} faults, see above")
    print("  contents: licence, py.typed, no tests, namespaces left alone")
    with TemporaryDirectory() as place:
        others = build_others(clone, read_distributions(root), name, Path(place))
        install_together(built.wheel, others)
        for other in others:
            version = other.wheel.name.split("-")[1]
            print(f"  installed and imported beside {other.name} {version} ({other.origin})")
    print(f"\nWhat its CHANGELOG says:\n\n{section.text}\n\n{_next_steps(root, clone, distribution, built)}")


def _check_texts(built: Built) -> None:
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, built.files())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        raise Problem("twine check --strict found faults: see above")


def _next_steps(root: Path, clone: Clone, distribution: Distribution, built: Built) -> str:
    files = " ".join(str(file.relative_to(root)) for file in built.files())
    words = f"{distribution.name} {distribution.version}"
    return "\n".join(
        [
            "Nothing was tagged or published. To do so:",
            f'  git tag -a {distribution.tag} -m "{words}" {clone.commit()}',
            f"  git push origin {distribution.tag}",
            f"  twine upload {files}",
        ]
    )
