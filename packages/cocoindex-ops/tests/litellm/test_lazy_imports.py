"""litellm takes seconds to import: that is left to the first use, and what is missing is named."""

from __future__ import annotations

import subprocess
import sys


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_nothing_heavy_is_imported_before_use() -> None:
    code = (
        "import sys\n"
        "from cocoindex.ops.litellm import LiteLLMEmbedder, LiteLLMTranscriber\n"
        "LiteLLMEmbedder('m'), LiteLLMTranscriber('m')\n"
        "print([name for name in ('numpy', 'litellm', 'openai') if name in sys.modules])"
    )
    assert run(code) == "[]"


def test_the_library_is_at_hand_and_keeps_to_itself() -> None:
    code = (
        "from cocoindex.ops.litellm import litellm\n"
        "litellm.vertex_project = 'mine'\n"
        "import litellm as same\n"
        "print(same.vertex_project, same.telemetry, same.suppress_debug_info)"
    )
    assert run(code) == "mine False True"


def test_a_missing_extra_is_an_error_that_says_what_to_install() -> None:
    code = (
        "import asyncio, sys\n"
        "sys.modules['litellm'] = None\n"
        "from cocoindex.errors import MissingExtraError\n"
        "from cocoindex.ops.litellm import LiteLLMEmbedder\n"
        "try: asyncio.run(LiteLLMEmbedder('m').dimension())\n"
        "except MissingExtraError as error: print(isinstance(error, ImportError), error)"
    )
    message = run(code)
    assert message.startswith("True ")
    assert "cocoindex-ops[litellm]'" in message
