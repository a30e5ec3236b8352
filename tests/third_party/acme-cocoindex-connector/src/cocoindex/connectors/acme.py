"""Stands in for `acme_cocoindex`, so that `from cocoindex.connectors import acme` finds it too."""

from acme_cocoindex import PinHandler as PinHandler
from acme_cocoindex import pin as pin

requires_api = 1
