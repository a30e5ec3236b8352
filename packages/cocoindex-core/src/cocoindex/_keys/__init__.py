"""Keys, symbols, paths, and their order-preserving encoding (layer 1; imports errors only)."""

from ._decode import decode_key as decode_key
from ._decode import decode_parts as decode_parts
from ._encode import encode_key as encode_key
from ._encode import encode_parts as encode_parts
from ._parse_path import parse_stable_path as parse_stable_path
from ._stable_key import StableKey as StableKey
from ._stable_path import ROOT_PATH as ROOT_PATH
from ._stable_path import StablePath as StablePath
from ._symbol import Symbol as Symbol
