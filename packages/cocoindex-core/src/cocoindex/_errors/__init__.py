"""The errors of the core, by what they are about; `cocoindex.errors` is where they are found."""
