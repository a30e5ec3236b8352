"""Importing the module, and splitting text that has no grammar, loads no parser; a missing one is named when needed."""

from __future__ import annotations

import subprocess
import sys


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_no_parser_is_loaded_before_it_is_needed() -> None:
    assert (
        run(
            "import sys\n"
            "from cocoindex.ops.text import RecursiveSplitter\n"
            "splitter = RecursiveSplitter()\n"
            "splitter.split('a b c ' * 99, 20)\n"
            "splitter.split('# a\\n\\nb\\n' * 99, 20, language='markdown')\n"
            "print([name for name in sys.modules if name.startswith(('tree_sitter', 'numpy', 'regex'))])"
        )
        == "[]"
    )


def test_only_the_grammar_that_is_needed_is_loaded() -> None:
    assert (
        run(
            "import sys\n"
            "from cocoindex.ops.text import RecursiveSplitter\n"
            "RecursiveSplitter().split('def f(): pass\\n' * 99, 50, language='python')\n"
            "print([name for name in sys.modules if name.startswith('tree_sitter_language_pack.bindings.')])"
        )
        == "['tree_sitter_language_pack.bindings.python']"
    )


def test_a_missing_parser_is_an_error_that_says_what_to_install() -> None:
    assert "cocoindex-ops[code]'" in run(
        "import sys\n"
        "sys.modules['tree_sitter_language_pack'] = None\n"
        "from cocoindex.errors import MissingExtraError\n"
        "from cocoindex.ops.text import RecursiveSplitter\n"
        "try: RecursiveSplitter().split('def f(): pass\\n' * 99, 50, language='python')\n"
        "except MissingExtraError as error: print(error)"
    )
