"""What connectors are made of besides the core names (facade)."""

from .fingerprint import Fingerprint as Fingerprint
from .fingerprint import Fingerprintable as Fingerprintable
from .fingerprint import fingerprint_bytes as fingerprint_bytes
from .fingerprint import fingerprint_object as fingerprint_object
from .fingerprint import fingerprint_str as fingerprint_str
