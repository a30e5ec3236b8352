"""The examples of the SDK overview run as they stand there (with the `import pathlib` that they lack)."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

ASYNC = """
import asyncio
import cocoindex as coco

@coco.lifespan
async def coco_lifespan(builder: coco.EnvironmentBuilder):
    builder.settings.db_path = pathlib.Path("./cocoindex.db")
    # async resource setup can go here
    yield

@coco.fn
async def app_main(sourcedir: pathlib.Path):
    # ... processing logic (can call async functions internally) ...
    pass

app = coco.App(coco.AppConfig(name="MyApp"), app_main, sourcedir=pathlib.Path("./data"))

async def main():
    await app.update(report_to_stdout=True)

if __name__ == "__main__":
    asyncio.run(main())
"""

SYNC = """
import cocoindex as coco

@coco.lifespan
def coco_lifespan(builder: coco.EnvironmentBuilder):
    builder.settings.db_path = pathlib.Path("./cocoindex.db")
    yield

@coco.fn
async def app_main(sourcedir: pathlib.Path):
    # ... processing logic ...
    pass

app = coco.App(coco.AppConfig(name="MyApp"), app_main, sourcedir=pathlib.Path("./data"))

def main():
    app.update_blocking(report_to_stdout=True)

if __name__ == "__main__":
    main()
"""

MIXED = """
import sys
import cocoindex as coco

@coco.fn
async def fetch_and_process(url: str):
    sys.stdout.write(f"async {url}\\n")

@coco.fn
def process(url: str):
    sys.stdout.write(f"sync {url}\\n")

@coco.fn
async def app_main(urls: list[str]):
    # Async function mounting async processing components
    for url in urls:
        await coco.mount(coco.component_subpath(url), fetch_and_process, url)
        await coco.mount(coco.component_subpath("sync", url), process, url)

env = coco.Environment(coco.Settings(db_path=pathlib.Path("./cocoindex.db")))
coco.App(coco.AppConfig(name="MyApp", environment=env), app_main, ["u1", "u2"]).update_blocking()
"""


def run(program: str, folder: pathlib.Path) -> str:
    (folder / "program.py").write_text("import pathlib\n" + program)
    command = [sys.executable, "-W", "error", "program.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("program", [ASYNC, SYNC], ids=["async", "sync"])
def test_example_runs_again_and_again_and_reports(program: str, tmp_path: pathlib.Path) -> None:
    for _ in range(2):
        assert "app_main" in run(program, tmp_path)
    assert (tmp_path / "cocoindex.db").is_dir()


def test_sync_and_async_children_side_by_side(tmp_path: pathlib.Path) -> None:
    assert sorted(run(MIXED, tmp_path).splitlines()) == ["async u1", "async u2", "sync u1", "sync u2"]


def test_imports_of_the_page() -> None:
    from cocoindex.connectors import localfs  # noqa: F401
    from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder  # noqa: F401
    from cocoindex.ops.text import RecursiveSplitter  # noqa: F401
    from cocoindex.resources.chunk import Chunk  # noqa: F401
    from cocoindex.resources.file import FileLike, PatternFilePathMatcher  # noqa: F401
