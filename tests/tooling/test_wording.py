"""No text that people read stands outside gettext, in Python, templates or scripts."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from jinja2 import Environment, nodes

from tests.tooling.catalogue import ROOT

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]+")
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$|<!--.*?-->", re.DOTALL | re.MULTILINE)
GETTEXT = {"_", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext"}
# Invented people and places are data; each carries its English beside it.
INVENTED = ("portal/demo/",)
# Defaults that name this installation's organisations; each has an English twin among the settings.
SETTINGS = ("portal/config.py",)
# A script that runs without the portal, and so without its catalogue; it says each sentence in both languages.
APART = ("portal/ledger/verifier.py",)
# Modules that read what people write in Chinese; their constants, patterns and single characters may.
READERS = (
    "portal/areas/",
    "portal/giving/platform_reading.py",
    "portal/giving/sheet_values.py",
    "portal/giving/statement_reading.py",
    "portal/intake/",
    "portal/spreadsheets/",
    "portal/wishes/kinds.py",
    "portal/publication/compose.py",
    "portal/publication/phrases.py",
    "portal/redaction/conditions.py",
    "portal/redaction/dignity.py",
    "portal/redaction/latin_names.py",
    "portal/redaction/lexicon.py",
    "portal/redaction/names.py",
    "portal/redaction/numbers.py",
    "portal/redaction/people.py",
    "portal/redaction/places.py",
    "portal/redaction/rewording.py",
)
# The languages' own names, and letters that mean the same to everybody.
SAME_FOR_ALL = {"English", "中文", "QR", "CSV", "XLSX", "ID"}
SPOKEN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description"}
# Stands for whatever an expression puts into a page; a word, because that may be the name of an element.
HOLE = "xholex"


def _files(folder: str, *endings: str) -> list[str]:
    found = [path for path in (ROOT / folder).rglob("*") if path.suffix in endings]
    return sorted(str(path.relative_to(ROOT)) for path in found)


@pytest.mark.parametrize(
    "path", [path for path in _files("portal", ".py") if not path.startswith((*INVENTED, *SETTINGS, *APART))]
)
def test_chinese_in_python_goes_through_gettext(path):
    tree = ast.parse((ROOT / path).read_text())
    allowed = {*_inside_gettext(tree), *_docstrings(tree), *_inside_patterns(tree)}
    if path.startswith(READERS):
        allowed |= {*_inside_constants(tree), *_single_characters(tree)}
    found = [
        f"{path}:{node.lineno} {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HAN.search(node.value)
        if node not in allowed
    ]
    assert not found


@pytest.mark.parametrize("path", _files("portal", ".py"))
def test_gettext_is_given_whole_sentences_that_can_be_collected(path):
    """A text built before gettext sees it is in no catalogue."""
    tree = ast.parse((ROOT / path).read_text())
    built = [
        node.lineno
        for node in _gettext_calls(tree)
        for each in node.args[:1]
        if isinstance(each, ast.JoinedStr | ast.BinOp)
    ]
    assert not built


@pytest.mark.parametrize("path", _files("templates", ".html", ".txt"))
def test_text_in_templates_goes_through_gettext(path):
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    tree = environment.parse((ROOT / path).read_text())
    strings = [
        f"{path}:{node.lineno} {node.value!r}" for node in _strings_outside_gettext(tree) if HAN.search(node.value)
    ]
    assert not strings
    reader = _TextReader()
    reader.feed("".join(_written(tree)))
    reader.close()
    assert not [text for text in reader.texts if _is_spoken(text)]


@pytest.mark.parametrize("path", _files("static", ".js", ".css", ".svg"))
def test_scripts_styles_and_drawings_hold_no_text(path):
    assert not HAN.search(COMMENT.sub("", (ROOT / path).read_text()))


def _is_spoken(text: str) -> bool:
    return bool(set(WORD.findall(text.replace(HOLE, " "))) - SAME_FOR_ALL)


def _gettext_calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in GETTEXT:
                yield node


def _inside_gettext(tree: ast.AST) -> Iterator[ast.AST]:
    for call in _gettext_calls(tree):
        for argument in call.args:
            yield from ast.walk(argument)


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))


def _inside_constants(tree: ast.Module) -> Iterator[ast.AST]:
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if all(isinstance(target, ast.Name) and target.id.isupper() for target in targets):
            yield from ast.walk(statement)


def _inside_patterns(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            yield from ast.walk(node)


def _single_characters(tree: ast.Module) -> Iterator[ast.AST]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and len(str(node.value)) == 1)


def _strings_outside_gettext(node: nodes.Node) -> Iterator[nodes.Const]:
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in GETTEXT:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node
    for child in node.iter_child_nodes():
        yield from _strings_outside_gettext(child)


def _written(node: nodes.Node) -> Iterator[str]:
    """Yield what a template writes itself, in order, with a hole for each expression."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Output):
        for part in node.nodes:
            yield from _written(part) if isinstance(part, nodes.TemplateData) else [HOLE]
    elif not (isinstance(node, nodes.Block) and node.name.endswith("_class")):
        for child in node.iter_child_nodes():
            yield from _written(child)


class _TextReader(HTMLParser):
    """Collects the text and the spoken attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in ("script", "style", "code")
        self.texts += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)
