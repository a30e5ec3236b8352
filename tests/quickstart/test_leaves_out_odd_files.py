"""A file that is no text is left out and named, and harms no other."""

from __future__ import annotations

from typing import Any


def test_odd_files_are_named_and_the_others_are_done(documents: Any) -> None:
    (documents.folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (documents.folder / "zeros.md").write_bytes(b"text\x00text")
    (documents.folder / "dangling.md").symlink_to("nowhere")
    (documents.folder / "empty.md").write_text("")

    output = documents.ask("Where do I renew a passport?")

    left_out = [line for line in output.splitlines() if line.startswith("left out: ")]
    assert len(left_out) == 2
    assert any('"picture.txt"' in line and "can't decode" in line for line in left_out)
    assert any('"zeros.md"' in line and "no text" in line for line in left_out)
    assert "4 of 6 files processed, 0 unchanged, 0 removed, 2 left out" in output
    assert "town hall" in output


def test_a_mended_file_is_taken_in(documents: Any) -> None:
    odd = documents.folder / "notes.txt"
    odd.write_bytes(b"caf\xe9")
    documents.ask("coffee")
    odd.write_text("A café opens at nine.")

    output = documents.ask("When does the café open?")

    assert "left out: " not in output
    assert "1 of 4 files processed, 3 unchanged, 0 removed, 0 left out" in output
    assert "A café opens at nine." in output
