"""Pinboards as targets of CocoIndex: a board is a folder, a pin is a text in it under a title."""

from acme_cocoindex._pin import PinHandler as PinHandler
from acme_cocoindex._pin import pin as pin

requires_api = 1
