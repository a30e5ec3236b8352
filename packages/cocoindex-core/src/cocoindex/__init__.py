"""CocoIndex: keep what a target holds in step with a function of what a source holds."""

from pkgutil import extend_path as _extend_path

from cocoindex._peer_guard import refuse_peer as _refuse_peer

__distribution__ = "cocoindex-core"
__path__ = _extend_path(__path__, __name__)
_refuse_peer(__path__)
