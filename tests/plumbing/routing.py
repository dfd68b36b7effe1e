"""Compiles each address once for all applications of a test process; Werkzeug does it for every one anew, slowly."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_compiled: dict[Any, Callable[..., tuple[str, str]]] = {}


class RuleCompiledOnce(Rule):
    """An address whose builder comes from the first application that had the same; it holds nothing of its own."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults:
            return super()._compile_builder(append_unknown)
        key = (self.rule, *self._trace, append_unknown)
        if key not in _compiled:
            _compiled[key] = super()._compile_builder(append_unknown)
        return _compiled[key]
