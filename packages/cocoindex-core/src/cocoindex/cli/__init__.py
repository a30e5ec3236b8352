"""The `cocoindex` command. Layer `cli`, the topmost: nothing imports it, and it alone imports click."""

from .command_group import main as main
