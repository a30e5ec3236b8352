"""The files of a new project by `cocoindex init`: a small app that runs without changes. Layer `cli`."""

from __future__ import annotations

import json
from string import Template

from .._install_source import InstallSource

# The requirements of the app: an extra of core, and the distributions behind it.
EXTRA = "localfs"
DISTRIBUTIONS = ("cocoindex-core", "cocoindex-resources", "cocoindex-connectors-localfs")

_MAIN = Template('''\
"""$name: keeps the number of words of each Markdown file of this folder in a file of the folder `counts`."""

from collections.abc import Iterator
from pathlib import Path

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.resources.file import FileLike, PatternFilePathMatcher

HERE = Path(__file__).parent


@coco.lifespan
def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
    """Say where the app remembers what it did; what it shares, such as connections, is opened and closed here, too."""
    builder.settings.db_path = HERE / "cocoindex.db"
    yield


@coco.fn(memo=True)
async def count_words(file: FileLike, target: localfs.DirTarget) -> None:
    """Declare one file; runs again only when its source or this code has changed."""
    text = await file.read_text()
    target.declare_file(f"{file.file_path.path.stem}.txt", f"{len(text.split())} words\\n")


@coco.fn
async def app_main(source: Path, counts: Path) -> None:
    """Mount a component for each file; what a file that is gone had declared is removed."""
    target = await localfs.mount_dir_target(counts)
    files = localfs.walk_dir(source, path_matcher=PatternFilePathMatcher(included_patterns=["*.md"]))
    await coco.mount_each(count_words, files.items(), target)


app = coco.App(coco.AppConfig(name="$name"), app_main, source=HERE, counts=HERE / "counts")
''')

_PYPROJECT = Template("""\
[project]
name = "$name"
version = "0.1.0"
description = "A CocoIndex app"
requires-python = ">=3.11"
dependencies = $requirements
$links""")

_README = Template("""\
# $name

Keeps the number of words of each Markdown file of this folder in a file of the folder `counts`.

```sh
$install
cocoindex update main.py             # again and again: does only what a change calls for
cocoindex update main.py --preview   # says what it would do
cocoindex show main.py --tree        # what it remembers
cocoindex drop main.py               # removes all that it made
```

- `main.py`: the app
- `pyproject.toml`: what it needs
""")


def project_files(name: str, version: str, source: InstallSource) -> dict[str, str]:
    """Return the text of each file of a project called `name`.

    It requires `version` of core or a later one, from `source`.
    """
    requirements = source.requirements(EXTRA, DISTRIBUTIONS, version)
    values = {
        "name": name,
        "requirements": json.dumps(requirements, indent=2, ensure_ascii=False).replace('"\n]', '",\n]'),
        "links": "" if source.wheels is None else f"\n[tool.uv]\nfind-links = [{json.dumps(str(source.wheels))}]\n",
        "install": source.install_command(EXTRA, DISTRIBUTIONS)
        # pip does not note the folder of wheels that it took something from
        + ("  # with --find-links FOLDER, if core came from a folder of wheels" if source == InstallSource() else ""),
    }
    templates = {"main.py": _MAIN, "pyproject.toml": _PYPROJECT, "README.md": _README}
    return {file: template.substitute(values) for file, template in templates.items()}
