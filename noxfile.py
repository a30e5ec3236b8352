"""The sessions that check this repository; one session answers one question.

Run them with `nox -s NAME`. What they install is written in the `pyproject.toml` files.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import signal
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).parent
if str(ROOT) not in sys.path:  # nox loads this file by its path
    sys.path.insert(0, str(ROOT))

from matrix.pythons import find_python, search_path

PACKAGES = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
CORE = nox.project.load_toml("packages/cocoindex-core/pyproject.toml")["project"]
GROUPS = nox.project.load_toml("pyproject.toml")

# torch is several hundred MB, and Ray a hundred: only the sessions that need them install them.
HEAVY = {"all", "ray", "sentence-transformers"}
LIGHT_EXTRAS = ",".join(sorted(set(CORE["optional-dependencies"]) - HEAVY))
# Needs type checkers as well as wheels.
TYPES_OF_WHEELS = "tests/packaging/test_types_of_wheels.py"
# The pages whose commands are done word for word; it takes a minute, so on one Python.
DONE_IN_DOCS = ("tests/docs/test_how_to_pages.py", "tests/docs/test_page_on_the_command.py")
SHARED_MEMORY = "/dev/shm"
ROOM_FOR_TESTS = 4 << 30
OTHERS = ("tests", "examples", "benchmarks", "api", "matrix", "release", "website")
SUPPORTED = re.findall(r":: (3\.\d+)", "\n".join(CORE["classifiers"]))


def find_pythons() -> dict[str, Path]:
    """Return the supported Pythons that are present; pyenv's shims do not count, the interpreters behind them do."""
    found = {version: python for version in SUPPORTED if (python := find_python(version)) is not None}
    # Nox looks along the path, where a shim would hide what comes after it.
    os.environ["PATH"] = os.pathsep.join(map(str, [*search_path(), *(python.parent for python in found.values())]))
    return found


def asked_pythons(present: dict[str, Path]) -> list[str]:
    """Return the Pythons that the tests run on: those named in COCOINDEX_PYTHONS (`3.11,3.13`), else those present.

    Without any that is present, those that are supported: nox then says that they are missing, and fails.
    """
    asked = os.environ.get("COCOINDEX_PYTHONS", "").replace(",", " ").split()
    return asked or list(present) or SUPPORTED


def choose_model_python(candidates: list[str], links: str) -> str:
    """Return the Python of the sessions that need torch: one for which `links` (PIP_FIND_LINKS) has a wheel of torch.

    Without one, it is the first of `candidates`, and torch comes from the index.
    """
    wheels = [wheel.name for link in links.split() for wheel in Path(link.removeprefix("file://")).glob("torch-*.whl")]
    fitting = [python for python in candidates if any(f"-cp{python.replace('.', '')}-" in wheel for wheel in wheels)]
    return (fitting or candidates)[0]


def point_uv_to_pips_index() -> None:
    """Have uv use the indexes, links, constraints and certificates that the environment gives to pip."""
    names = {
        "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
        "PIP_EXTRA_INDEX_URL": "UV_INDEX",
        "PIP_FIND_LINKS": "UV_FIND_LINKS",
        "PIP_CONSTRAINT": "UV_CONSTRAINT",
        "PIP_CERT": "SSL_CERT_FILE",
    }
    for pips, uvs in names.items():
        if value := os.environ.get(pips):
            # uv splits its links at commas, which pip does at spaces.
            os.environ.setdefault(uvs, ",".join(value.split()) if uvs == "UV_FIND_LINKS" else value)
    if "PIP_EXTRA_INDEX_URL" in os.environ:
        # As pip does, take the best of all indexes: one that has only torch may have old releases of what torch needs.
        os.environ.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")


PRESENT = find_pythons()
ASKED = asked_pythons(PRESENT)
MODEL_PYTHON = choose_model_python(ASKED, os.environ.get("PIP_FIND_LINKS", ""))
point_uv_to_pips_index()

# pip would compile all that it installs, most of which is never imported; Python compiles the rest itself.
os.environ.setdefault("PIP_COMPILE", "0")

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
# A session that did not run for want of a Python has not succeeded.
nox.options.error_on_missing_interpreters = True
nox.options.sessions = ["lint", "typecheck", "api", "docs", "tests", "model", "ray", "wheels"]


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group of the root `pyproject.toml`."""
    return list(nox.project.dependency_groups(GROUPS, name))


def editable(extras: str) -> list[str]:
    """Return what pip takes to install core with these extras, and the packages that they name, from this clone."""
    paths = [f"packages/{name}" for name in names_of(extras)]
    # pip takes the extras of an editable requirement only where it is named once more by its path.
    return [part for path in [*paths, f"packages/cocoindex-core[{extras}]"] for part in ("-e", path)]


def names_of(extras: str) -> list[str]:
    """Return the names of our distributions that core with these extras needs."""
    needed = [line for extra in extras.split(",") for line in CORE["optional-dependencies"][extra]]
    # Every connector and op needs the resources.
    return sorted({"cocoindex-core", "cocoindex-resources", *(re.split(r"[ \[]", line)[0] for line in needed)})


def install_model(session: nox.Session, extras: str, *more: str) -> None:
    """Install all packages with these extras of core, and the model, unless this environment has exactly that."""
    requirements = [f"cocoindex-core[{extras},sentence-transformers]", *group("model"), *more]
    sources = [*requirements, *(package.joinpath("pyproject.toml").read_text() for package in PACKAGES)]
    digest = hashlib.sha256("\n".join(sources).encode()).hexdigest()
    stamp = Path(session.virtualenv.location, "installed.sha256")
    if stamp.is_file() and stamp.read_text() == digest:
        return
    session.log("installing; the first time this takes a few minutes, as torch alone has some 200 MB")
    # What builds the packages is installed once, not once a package; pip shows what it is at.
    session.install("hatchling>=1.27", "editables>=0.5")
    paths = [part for name in names_of(f"{extras},sentence-transformers") for part in ("-e", f"packages/{name}")]
    session.install("-q", "--no-build-isolation", "--no-deps", *paths)
    session.install(*requirements, silent=False)
    stamp.write_text(digest)


def folders_in_memory() -> dict[str, str]:
    """Return the environment variables that put the folders of tests and their servers into memory, if there is room.

    Each store waits for the disk at each commit, which took the suites of targets as long as all that they compute. And
    ext4 looks long for a free file where many were just deleted, which took half of PostgreSQL's time.
    """
    if not os.access(SHARED_MEMORY, os.W_OK):
        return {}
    found = os.statvfs(SHARED_MEMORY)
    if found.f_bavail * found.f_frsize < ROOM_FOR_TESTS or found.f_flag & os.ST_NOEXEC:
        return {}
    return {"TMPDIR": SHARED_MEMORY, "PYTEST_ADDOPTS": "-o tmp_path_retention_policy=failed"}


@nox.session(python=MODEL_PYTHON, reuse_venv=True)
def quickstart(session: nox.Session) -> None:
    """Index a folder of documents, and answer a question from it: `nox -s quickstart -- [FOLDER] [QUESTION]`."""
    install_model(session, "localfs,sqlite,text")
    with session.chdir(session.invoked_from):
        session.run("python", str(ROOT / "examples/quickstart/main.py"), *session.posargs)


@nox.session
def wheelhouse(session: nox.Session) -> None:
    """Build a wheel of each distribution into `wheelhouse`, or into the folder that is given after `--`."""
    folder = Path(session.invoked_from, *session.posargs[:1] or ["wheelhouse"]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    session.install(*group("wheels"))
    for old in folder.glob("cocoindex_*.whl"):
        old.unlink()
    for package in PACKAGES:
        session.run(
            "python", "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(package), silent=True
        )
    session.log(f'install from it: pip install --find-links {shlex.quote(str(folder))} "cocoindex-core[localfs]"')


@nox.session(python=ASKED)
def tests(session: nox.Session) -> None:
    """Run the tests of all packages, except those of the sessions `model`, `ray`, `faults`, `docs` and `wheels`."""
    missing = [version for version in SUPPORTED if version not in PRESENT]
    session.log(f"tests run on Python {', '.join(ASKED)}; not present here: {', '.join(missing) or 'none'}")
    session.install(*editable(LIGHT_EXTRAS), *group("tests"))
    of_many_processes = "aiobotocore.session, duckdb, psycopg_pool, pydantic, pypdf, xdist.remote"
    compile_what_is_imported(session, f"hypothesis, moto.server, pytest, {of_many_processes}")
    # Two at a time, a file in one process: all cores of a small machine, and what files share is made twice at most.
    # A test that never ends fails, and shows where it stands.
    limit = ("--timeout", "300")
    session.run("pytest", "-n", "2", "--dist", "loadfile", *limit, *session.posargs, env=folders_in_memory())


def compile_what_is_imported(session: nox.Session, heavy: str) -> None:
    """Compile once what each of the processes that tests start imports.

    Without it, each compiles it anew where PYTHONDONTWRITEBYTECODE is set, as in images of containers: half of the time
    that a process takes to start.
    """
    session.run("python", "-m", "compileall", "-q", *(f"{package.relative_to(ROOT)}/src" for package in PACKAGES))
    session.run(
        "python",
        "-c",
        f"import {heavy}; from cocoindex.ops.litellm import litellm",
        env={"PYTHONDONTWRITEBYTECODE": ""},
    )


@nox.session
def conformance(session: nox.Session) -> None:
    """Run the suites of `cocoindex.testing` on all connectors here, and write docs/conformance.md."""
    session.install(*editable(LIGHT_EXTRAS), *group("tests"))
    suites = sorted(ROOT.glob("packages/cocoindex-connectors-*/tests/**/*suite*.py"))
    session.run(
        *("pytest", "-n", "2", "--dist", "loadfile"),
        *map(str, suites),
        *("--cocoindex-report", "docs/conformance.md"),
        *session.posargs,
        env={"COCOINDEX_SOURCE_ITEMS": "100000", **folders_in_memory()},
    )


@nox.session
def faults(session: nox.Session) -> None:
    """Raise exceptions of all kinds at all places of user code, and cancel updates at every await."""
    session.install(*editable(LIGHT_EXTRAS), *group("tests"))
    session.run(
        *("pytest", "-n", "2", "--dist", "worksteal", "-m", "faults"),
        "packages/cocoindex-core/tests/faults",
        *session.posargs,
        env=folders_in_memory(),
    )


@nox.session
def hostile(session: nox.Session) -> None:
    """Look for texts that take splitting and searching code too long: `nox -s hostile -- LANGUAGE ...`, or all."""
    session.install(*editable("code,text"))
    session.run("python", "packages/cocoindex-ops/tests/hostile/search.py", *session.posargs)


@nox.session
def live(session: nox.Session) -> None:
    """Try 2 000 histories of a live range against its model."""
    session.install(*editable(LIGHT_EXTRAS), *group("tests"))
    session.run(
        "pytest", "packages/cocoindex-core/tests/live", *session.posargs, env={"COCOINDEX_LIVE_EXAMPLES": "2000"}
    )


@nox.session
@nox.parametrize("versions", ["duckdb==1.5.0", "duckdb==1.5.5 duckdb-extension-vss==1.5.5"], ids=["oldest", "vss"])
def duckdb(session: nox.Session, versions: str) -> None:
    """Run the tests of the DuckDB connector with the oldest DuckDB, and with one whose extension vss is a package."""
    session.install(*editable("duckdb,localfs"), *group("tests"), *versions.split())
    session.run("pytest", "packages/cocoindex-connectors-duckdb/tests", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Change a watched folder, kill and restart what watches it: `nox -s soak -- [SECONDS] [SEED]`, else an hour."""
    session.install(*editable("localfs,sqlite"))
    session.run("python", "tests/soak/soak.py", *(session.posargs or ["3600"]))


@nox.session(python=MODEL_PYTHON, reuse_venv=True)
def model(session: nox.Session) -> None:
    """Run the tests that need torch and a real model."""
    install_model(session, LIGHT_EXTRAS, *group("tests"))
    session.run("pytest", "-n", "2", "--dist", "loadfile", "-m", "model", *session.posargs, env={"HF_HUB_OFFLINE": "1"})


@nox.session(python=MODEL_PYTHON, reuse_venv=True)
def ray(session: nox.Session) -> None:
    """Run the tests that start Ray: in this machine, as a cluster of two nodes, and with a real model."""
    install_model(session, "localfs,ray,sqlite,text", *group("tests"), "psutil>=5.9")
    paths = ["packages/cocoindex-runners-ray", "tests/ray_embedding"]
    limit = ("--timeout", "300")  # a call that never ends fails, and shows where it stands
    session.run("pytest", "-m", "ray", *limit, *paths, *session.posargs, env={"HF_HUB_OFFLINE": "1"})


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.install(*group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check types: in the clone with mypy, and what a user sees of the installed wheels with mypy and pyright."""
    session.install(*editable(LIGHT_EXTRAS), *group("tests"), *group("types"), *group("wheels"))
    session.run("mypy", *(f"{package.relative_to(ROOT)}/src" for package in PACKAGES), "noxfile.py", "conftest.py")
    # Test modules of two packages may have one name, so that the tests of each are a run of their own.
    for folders in [*([f"packages/{package.name}/tests"] for package in PACKAGES), OTHERS]:
        session.run("mypy", *folders)
    session.run("pytest", "-n", "2", "-m", "distributions", TYPES_OF_WHEELS, *session.posargs)


@nox.session
def tutorial(session: nox.Session) -> None:
    """Follow docs/connector_tutorial.md word for word, from nothing to a built connector, with times."""
    session.install(*group("tests"), *group("wheels"))
    session.run("pytest", "-m", "distributions", "tests/packaging/test_connector_tutorial.py", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site, check its links and how-tos; `nox -s docs -- serve` shows it as you write."""
    build_site(session, *session.posargs)


@nox.session
def docs_browser(session: nox.Session) -> None:
    """Build the documentation site, and test it in Chromium at phone and desk width."""
    build_site(session)
    session.install(*group("browser"))
    session.run("pytest", "-m", "browser", "tests/site", *session.posargs)


def build_site(session: nox.Session, command: str = "build", *options: str) -> None:
    """Run mkdocs, check the site, and follow the how-tos. A warning fails the build, but not `serve`."""
    session.run(sys.executable, "-m", "release", "check-index", external=True)
    session.install(*editable("litellm,localfs,postgres"), *group("docs"))
    strict = ["--strict"] if command == "build" else []
    session.run("mkdocs", command, *strict, *options, env={"NO_MKDOCS_2_WARNING": "1"})
    if strict:
        compile_what_is_imported(session, "psycopg, pytest")
        session.run("pytest", "-n", "2", "-m", "site", "tests/site", *DONE_IN_DOCS, env=folders_in_memory())


@nox.session
def api(session: nox.Session) -> None:
    """Compare public names with the approved ones, and count changes since the last release: `-- approve`."""
    session.install(*group("api"))
    session.run("python", "-m", "api", *session.posargs)


@nox.session
def wheels(session: nox.Session) -> None:
    """Build each distribution; install each alone, all together and mixed with editable ones; import them."""
    session.install(*group("tests"), *group("wheels"))
    paths = ["tests/packaging", f"--ignore={TYPES_OF_WHEELS}"]
    # Two at a time; who is done takes over from the other what is left.
    session.run("pytest", "-n", "2", "--dist", "worksteal", "-m", "distributions", *paths, *session.posargs)


@nox.session
def matrix(session: nox.Session) -> None:
    """Test all Pythons, dependencies and ways to install; write docs/matrix.md: `-- [keep] [NAME=VALUE]`."""
    run_matrix(session, *session.posargs)


@nox.session
def downstream(session: nox.Session) -> None:
    """Test packages of others: the third-party example, and new projects of `cocoindex init`."""
    run_matrix(session, "kind=downstream", *session.posargs)


def run_matrix(session: nox.Session, *selection: str) -> None:
    """Check that nothing is missing, then run cells of the matrix."""
    session.run(sys.executable, "-m", "matrix", "check", *selection, external=True)
    session.install(*group("types"), *group("wheels"))
    # Ended by Ctrl-C or SIGTERM, it takes some seconds to end what it runs, remove that, and print what it knows.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    session.run("python", "-m", "matrix", *selection, interrupt_timeout=5, terminate_timeout=60)


@nox.session
def release(session: nox.Session) -> None:
    """Build and check a release, and print the commands to tag and publish it: `nox -s release -- DIST`."""
    session.run(sys.executable, "-m", "release", "check", *session.posargs, external=True)
    session.install(*group("release"))
    session.run("python", "-m", "release", "make", *session.posargs)


@nox.session
def bump(session: nox.Session) -> None:
    """Give a distribution a new version: `nox -s bump -- DIST major|minor|patch|VERSION`."""
    session.run(sys.executable, "-m", "release", "check-bump", *session.posargs, external=True)
    session.install(*group("release"))
    session.run("python", "-m", "release", "bump", *session.posargs)


if __name__ == "__main__":
    sys.exit("run me with nox: nox -s NAME")
