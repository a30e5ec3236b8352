"""CocoIndex: keep what a target holds in step with a function of what a source holds."""

from pkgutil import extend_path as _extend_path

__path__ = _extend_path(__path__, __name__)
