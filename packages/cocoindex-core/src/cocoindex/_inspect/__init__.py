"""Reads what is stored of apps; `cocoindex.inspect` and the command line are what it is for. Layer: _inspect."""
