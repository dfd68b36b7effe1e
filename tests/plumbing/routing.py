"""Compiles each address once for all applications of a test process; Werkzeug does it for every one anew, slowly."""

from typing import Any

from werkzeug.routing import Rule

_compiled: dict[Any, dict[str, Any]] = {}


class RuleCompiledOnce(Rule):
    """An address that takes its parts and its builders from the first application that had the same."""

    def compile(self) -> None:
        """Compile the address, or take over what was compiled before; builders are bound to this rule."""
        if self.defaults:
            super().compile()
            return
        key = (self.rule, self.subdomain, self.host, self.merge_slashes)
        if key not in _compiled:
            super().compile()
            builders = {"_build": self._build.__func__, "_build_unknown": self._build_unknown.__func__}  # type: ignore[attr-defined]
            kept = ("_parts", "_trace", "_converters", "arguments")
            _compiled[key] = builders | {name: getattr(self, name) for name in kept}
        known = _compiled[key]
        self._parts, self._trace, self._converters = known["_parts"], known["_trace"], known["_converters"]
        self.arguments = known["arguments"]
        self._build = known["_build"].__get__(self, None)
        self._build_unknown = known["_build_unknown"].__get__(self, None)
