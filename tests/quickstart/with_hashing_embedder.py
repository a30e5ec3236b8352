"""The quickstart with vectors that are counted from words instead of a model's, for what does not depend on meaning.

Run or loaded as `examples/quickstart/main.py` is.
"""

import importlib
import importlib.util
import sys
from pathlib import Path

MAIN = Path(__file__).resolve().parents[2] / "examples" / "quickstart" / "main.py"
spec = importlib.util.spec_from_file_location("quickstart", MAIN)
assert spec is not None and spec.loader is not None
quickstart = sys.modules["quickstart"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(quickstart)
# Python looks for it beside this file, in a place that type checkers do not know.
quickstart.__dict__["SentenceTransformerEmbedder"] = importlib.import_module("hashing_embedder").HashingEmbedder
app = quickstart.app

if __name__ == "__main__":
    quickstart.main()
