"""What makes the documentation site of the pages in `docs`; `mkdocs.yml` names its hooks."""
