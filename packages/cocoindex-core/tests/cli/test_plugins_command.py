"""`cocoindex plugins` lists what is installed with distribution and version, and what failed to load."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def distribution(shell: Shell, name: str, entry_points: str) -> None:
    """Make a distribution of version 1.2 found in the folder `site`."""
    info = f"site/{name.replace('-', '_')}-1.2.dist-info"
    shell.write(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    shell.write(f"{info}/entry_points.txt", entry_points)


def test_names_distributions_and_versions_are_listed_by_group(shell: Shell) -> None:
    distribution(shell, "acme-dist", "[cocoindex.connectors]\nacme = json\n[cocoindex.ops]\nacme_op = json:dumps\n")
    done = shell.run("plugins", PYTHONPATH=str(shell.folder / "site"))
    assert (done.code, done.err) == (0, "")
    connectors, _, ops = done.out.partition("cocoindex.ops:\n")
    assert connectors.startswith("cocoindex.connectors:\n")
    assert ["acme", "acme-dist", "1.2"] in [line.split() for line in connectors.splitlines()]
    assert ["acme_op", "acme-dist", "1.2"] in [line.split() for line in ops.splitlines()]


def test_what_fails_is_marked_and_reported_and_the_others_are_listed(shell: Shell) -> None:
    distribution(shell, "acme-dist", "[cocoindex.connectors]\nacme = acme_broken\n")
    distribution(shell, "fine-dist", "[cocoindex.connectors]\nfine = json\n")
    shell.write("site/acme_broken.py", "1 / 0\n")
    done = shell.run("plugins", PYTHONPATH=str(shell.folder / "site"))
    assert done.code == 1
    lines = [line.split() for line in done.out.splitlines()]
    assert ["acme", "acme-dist", "1.2", "[failed]"] in lines
    assert ["fine", "fine-dist", "1.2"] in lines
    assert done.err == (
        "Error: 'acme' in 'cocoindex.connectors' cannot be loaded: importing 'acme_broken' from acme-dist 1.2 raised "
        "ZeroDivisionError: division by zero; mend or uninstall acme-dist\n"
    )


def test_what_lacks_the_packages_of_its_extra_is_marked(shell: Shell) -> None:
    distribution(shell, "acme-dist", "[cocoindex.ops]\nacme_op = json\nother = json\n")
    with (shell.folder / "site/acme_dist-1.2.dist-info/METADATA").open("a") as metadata:
        metadata.write(
            "Provides-Extra: acme-op\nRequires-Dist: no-such-thing>=1 ; extra == 'acme-op'\n"
            "Requires-Dist: click ; extra == 'acme-op'\nRequires-Dist: not-this ; extra == 'else'\n"
        )
    done = shell.run("plugins", PYTHONPATH=str(shell.folder / "site"))
    assert done.code == 0
    [line] = [line for line in done.out.splitlines() if line.startswith("  acme_op")]
    assert line.endswith("[incomplete: needs no-such-thing; pip install 'acme-dist[acme-op]']")
    assert [line.split() for line in done.out.splitlines() if line.startswith("  other")] == [
        ["other", "acme-dist", "1.2"]
    ]


def test_another_version_and_what_an_extra_of_another_distribution_lacks(shell: Shell) -> None:
    distribution(shell, "acme-dist", "[cocoindex.ops]\nacme_op = json\n")
    distribution(shell, "acme-base", "")
    for name, lines in (
        (
            "acme_dist",
            "acme-base[fast] ~= 1.1 ; extra == 'acme-op'\nRequires-Dist: acme-base>=1.10,<2; extra == 'acme-op'",
        ),
        ("acme_base", "no-such-thing ; extra == 'fast'\nRequires-Dist: not-this ; extra == 'else'"),
    ):
        with (shell.folder / f"site/{name}-1.2.dist-info/METADATA").open("a") as metadata:
            metadata.write(f"Requires-Dist: {lines}\n")
    done = shell.run("plugins", PYTHONPATH=str(shell.folder / "site"))
    [line] = [line for line in done.out.splitlines() if line.startswith("  acme_op")]
    assert "[incomplete: needs no-such-thing, acme-base>=1.10,<2 (1.2 is installed); " in line


def test_a_name_that_two_claim_is_reported_once(shell: Shell) -> None:
    distribution(shell, "acme-dist", "[cocoindex.ops]\nacme = json\n")
    distribution(shell, "umbrella", "[cocoindex.ops]\nacme = json\n")
    done = shell.run("plugins", PYTHONPATH=str(shell.folder / "site"))
    assert done.code == 1
    assert done.out.count("[failed]") == 2
    assert done.err.count("\n") == 1
    assert "acme-dist 1.2 and umbrella 1.2" in done.err


def test_what_plugins_print_is_not_in_the_list(shell: Shell) -> None:
    sources = {
        "says": "print('hello')",
        "closes": "import sys; sys.stdout.close(); sys.stderr.close()",
        "takes": "import sys; sys.stdout = sys.stderr = None",
        "sets": "import sys; sys.stdout.reconfigure(encoding='utf-8'); sys.stdout.fileno()",
        "breaks": "1 / 0",
    }
    for name, source in sources.items():
        shell.write(f"site/acme_{name}.py", source)
    names = "".join(f"{name} = acme_{name}\n" for name in sources)
    distribution(shell, "acme-dist", f"[cocoindex.ops]\n{names}a\x1b[31m = json\n")
    done = shell.run("plugins", PYTHONPATH=str(shell.folder / "site"))
    assert done.code == 1
    ops = done.out.partition("cocoindex.ops:\n")[2]
    assert {line.split()[0] for line in ops.splitlines() if "acme-dist" in line} == {*sources, "'a\\x1b[31m'"}
    assert "hello" not in done.out
    *errors, said = sorted(done.err.splitlines())
    assert said == "hello"
    assert [line.split()[1] for line in errors] == ["'breaks'"]
