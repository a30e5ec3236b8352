"""`python -m cocoindex` is the command `cocoindex` of that Python. Layer `__main__`, above `cli`."""

from cocoindex.cli import main

if __name__ == "__main__":
    main()
