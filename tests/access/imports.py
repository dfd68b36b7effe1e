"""Who imports whom among the portal's own modules, read from the source."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
Graph = dict[str, set[str]]


def read_sources() -> dict[str, str]:
    """Return the source of every module of the portal by its dotted name."""
    paths = sorted((ROOT / "portal").rglob("*.py"))
    return {_name(path): path.read_text() for path in paths}


def import_graph(sources: Mapping[str, str]) -> Graph:
    """Return the portal's modules each module imports, anywhere in its source."""
    return {name: _imports(source, sources) for name, source in sources.items()}


def room_of(module: str) -> str:
    """Return the room a module belongs to: the part below portal."""
    return module.split(".")[1] if "." in module else ""


def reachable(graph: Graph, start: str) -> set[str]:
    """Return every module that importing one module brings along."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for module in graph.get(waiting.pop(), set()) - seen:
            seen.add(module)
            waiting.append(module)
    return seen


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imports(source: str, known: Mapping[str, str]) -> set[str]:
    found = {_target(module, name, known) if name else module for module, name in _written_imports(source)}
    return {module for module in found if module.split(".")[0] == "portal"}


@cache
def _written_imports(source: str) -> frozenset[tuple[str, str]]:
    """Return the imports of a source as they are written: a module, and what is taken from it or nothing."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {(node.module, alias.name) for alias in node.names}
    return frozenset(found)


def _target(module: str, name: str, known: Mapping[str, str]) -> str:
    """Return the module an import reaches: `from portal.accounts import service` reaches the module service."""
    return f"{module}.{name}" if f"{module}.{name}" in known else module
