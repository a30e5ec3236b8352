"""What git says of the clone: whether all is committed, which tags there are, and files as they were at a commit."""

from __future__ import annotations

import io
import os
import re
import subprocess
import tarfile
from pathlib import Path

from packaging.version import InvalidVersion, Version

from release.problem import Problem

# The user's settings must change neither what git answers nor the bytes of what it exports.
_SETTINGS = ("safe.directory=*", "core.autocrlf=false", "core.attributesFile=/dev/null", "log.showSignature=false")
# Set inside git's own hooks; they would name another repository.
_OF_ANOTHER_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE")


class Clone:
    """A clone of the repository.

    Args:
        root: its folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def changed(self) -> list[str]:
        """Return the files that differ from the last commit, each once, those that git does not know included."""
        # Unlike the form for readers, -z neither quotes names nor joins the two of a file that was moved.
        options = ("--porcelain", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=none")
        files = (entry[3:] for entry in self._git("status", *options).split("\0") if entry)
        return list(dict.fromkeys(files))

    def refuse_changes(self) -> None:
        """Raise Problem where something is not committed, or the folder has no repository of its own."""
        # Git takes a folder without one for a part of the next one above, whose tags are others.
        if (top := Path(self._git("rev-parse", "--show-toplevel").removesuffix("\n"))) != self.root.resolve():
            raise Problem(f"this folder is no clone, but a part of the repository in {top}: make a clone")
        if changed := self.changed():
            more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
            raise Problem(f"the clone is dirty: commit or discard {', '.join(changed[:3])}{more}")
        if hidden := self._hidden():
            raise Problem(
                f"git is told to ignore changes of {hidden[0]}: "
                f"run `git update-index --no-assume-unchanged --no-skip-worktree {hidden[0]}`"
            )

    def refuse_missing_tags(self) -> None:
        """Raise Problem where tags may be missing: the clone is shallow, or was made or set to fetch no tags."""
        if self.is_shallow():
            raise Problem("the clone is shallow, tags may be missing: run `git fetch --unshallow --tags`")
        settings = self._git("config", "--list").splitlines()
        for remote in (line.split(".")[1] for line in settings if line.endswith(".tagopt=--no-tags")):
            raise Problem(
                f"the clone fetches no tags, so that some may be missing: "
                f"run `git config --unset remote.{remote}.tagOpt && git fetch --tags {remote}`"
            )

    def is_shallow(self) -> bool:
        """Return whether the clone has a part of the history only."""
        return self._git("rev-parse", "--is-shallow-repository").strip() == "true"

    def tag_of(self, name: str, version: Version) -> str | None:
        """Return the tag of a version, however it is written there (`0.1`, `v0.1.0`); None where there is none."""
        return next((tag for found, tag in self._tags(name) if found == version), None)

    def last_tag(self, name: str) -> str | None:
        """Return the tag of the last release of a distribution; None before the first."""
        released = self._tags(name)
        return max(released)[1] if released else None

    def version_behind(self, name: str) -> Version | None:
        """Return the last version that was released from HEAD or a commit before it; None before the first."""
        return max((version for version, _ in self._tags(name, "--merged=HEAD")), default=None)

    def commit(self, revision: str = "HEAD") -> str:
        """Return the hash of the commit that a revision names."""
        return self._git("rev-parse", f"{revision}^{{commit}}").strip()

    def time_of(self, revision: str = "HEAD") -> int:
        """Return when the commit was made, in seconds since 1970."""
        return int(self._git("log", "-1", "--format=%ct", f"{revision}^{{commit}}").strip())

    def file(self, revision: str, path: str) -> str:
        """Return the text of a file as it was in a commit."""
        return self._git("show", f"{revision}:{path}")

    def export(self, revision: str, path: str, folder: Path) -> Path:
        """Write what was at `path` in a commit into `folder`; return where it is there."""
        command = ["archive", "--format=tar", revision, path]
        archive = subprocess.run(self._command(*command), env=_environment(), capture_output=True, check=False)
        if archive.returncode:
            raise Problem(f"git has no {path} at {revision}: {_last_line(archive.stderr.decode(errors='replace'))}")
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(folder, filter="data")
        return folder / path

    def _hidden(self) -> list[str]:
        """Return the files here whose changes git does not look for: assume-unchanged (`h`) or skip-worktree (`S`)."""
        entries = self._git("ls-files", "-v", "-z").split("\0")
        hidden = [entry[2:] for entry in entries if entry[:1].islower() or entry[:1] == "S"]
        return [file for file in hidden if (self.root / file).exists()]

    def _tags(self, name: str, *options: str) -> list[tuple[Version, str]]:
        """Return the versions that were released, with their tags; the name may be spelled as in names of files."""
        released: list[tuple[Version, str]] = []
        spelled = re.compile(rf"{re.sub(r'[-_.]', '[-_.]', name)}-(.+)", re.IGNORECASE)
        for found in filter(None, map(spelled.fullmatch, self._git("tag", *options).split())):
            try:
                released.append((Version(found[1]), found[0]))
            except InvalidVersion:  # a tag of something else whose name begins like this
                continue
        return released

    def _command(self, *arguments: str) -> list[str]:
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        return ["git", "-C", str(self.root), *settings, *arguments]

    def _git(self, *arguments: str) -> str:
        try:
            done = subprocess.run(self._command(*arguments), env=_environment(), capture_output=True, check=False)
        except OSError as error:
            raise Problem(f"git is needed to see what is committed and tagged, and cannot be run: {error}") from error
        if done.returncode:
            raise Problem(f"git {arguments[0]} failed: {_last_line(done.stderr.decode(errors='replace'))}")
        # Names of files and tags are bytes, whatever the locale says.
        return done.stdout.decode(errors="backslashreplace")


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_REPOSITORY}


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2] or "it says nothing"
