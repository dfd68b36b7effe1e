"""Reads the forms, links and text of a page, strictly: what a browser would not send is refused here too."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

SILENT_ELEMENTS = {"script", "style", "template"}


@dataclass
class Field:
    """One input, select, textarea or button of a form."""

    kind: str
    name: str
    value: str = ""
    is_on: bool = False
    label: str = ""
    options: list["Field"] = field(default_factory=list)
    is_multiple: bool = False
    action: str | None = None
    is_required: bool = False


@dataclass
class Form:
    """One form of a page."""

    id: str
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def names(self) -> set[str]:
        """Return the names of the fields a person can fill."""
        return {each.name for each in self.fields if each.kind not in ("submit", "hidden") and each.name}

    def all_names(self) -> set[str]:
        """Return the names of all fields, hidden ones too."""
        return {each.name for each in self.fields if each.kind != "submit" and each.name}

    def button(self, wanted: str) -> Field:
        """Return the button with this label, name or value."""
        buttons = [each for each in self.fields if each.kind == "submit"]
        for each in buttons:
            if wanted in (each.label, each.name, each.value):
                return each
        raise AssertionError(f"no button {wanted!r} among {[each.label or each.value for each in buttons]}")

    def values(self) -> dict[str, list[str]]:
        """Return what a browser would send if nobody touched the form."""
        sent: dict[str, list[str]] = {}
        for each in self.fields:
            if not each.name or each.kind in ("submit", "file"):
                continue
            if each.kind in ("checkbox", "radio"):
                chosen = [each.value] if each.is_on else []
            elif each.kind == "select":
                chosen = [option.value for option in each.options if option.is_on]
                if not chosen and each.options and not each.is_multiple:
                    chosen = [each.options[0].value]
            else:
                chosen = [each.value]
            sent.setdefault(each.name, []).extend(chosen)
        return {name: chosen for name, chosen in sent.items() if chosen}

    def accepts(self, name: str, values: list[str]) -> None:
        """Check that a person could enter these values: the field exists and offers each choice."""
        same = [each for each in self.fields if each.name == name and each.kind != "submit"]
        assert same, f"the form {self.id or self.action!r} has no field {name!r}, only {sorted(self.all_names())}"
        offered: set[str] | None = None
        if same[0].kind in ("checkbox", "radio"):
            offered = {each.value for each in same}
        elif same[0].kind == "select":
            offered = {option.value for option in same[0].options}
        unknown = set(values) - offered if offered is not None else set()
        assert not unknown, f"the field {name!r} offers {sorted(offered or ())}, not {sorted(unknown)}"


@dataclass
class Link:
    """One link of a page."""

    address: str
    text: str = ""


class PageReader(HTMLParser):
    """Collects forms, links and the text a person sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[Link] = []
        self.language = ""
        self._texts: list[str] = []
        self._silent = 0
        self._form: Form | None = None
        self._select: Field | None = None
        self._option: Field | None = None
        self._textarea: Field | None = None
        self._button: Field | None = None
        self._link: Link | None = None
        self._strays: list[tuple[str, Field]] = []
        self.feed(html)
        self.close()
        for form_id, stray in self._strays:
            next(form for form in self.forms if form.id == form_id).fields.append(stray)

    @property
    def text(self) -> str:
        """The text of the page with single spaces."""
        return " ".join(" ".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        given = {name: value or "" for name, value in attrs}
        if tag in SILENT_ELEMENTS:
            self._silent += 1
        opener = getattr(self, f"_open_{tag}", None)
        if opener:
            opener(given)

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if tag in SILENT_ELEMENTS:
            self._silent -= 1
        if tag in ("form", "select", "option", "textarea", "button"):
            setattr(self, f"_{tag}", None)
        elif tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        """Take text to wherever it belongs."""
        if self._silent:
            return
        if self._textarea is not None:
            self._textarea.value += data if self._textarea.value else data.removeprefix("\r").removeprefix("\n")
            return
        self._texts.append(data)
        for labelled in (self._button, self._option):
            if labelled is not None:
                labelled.label = f"{labelled.label} {data.strip()}".strip()
        if self._link is not None:
            self._link.text = f"{self._link.text} {data.strip()}".strip()

    def _open_html(self, given: dict[str, str]) -> None:
        self.language = given.get("lang", "")

    def _open_a(self, given: dict[str, str]) -> None:
        if "href" in given:
            self._link = Link(given["href"])
            self.links.append(self._link)

    def _open_form(self, given: dict[str, str]) -> None:
        method = given.get("method", "get").lower()
        self._form = Form(given.get("id", ""), given.get("action", ""), method)
        self.forms.append(self._form)

    def _open_input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text").lower()
        default = "on" if kind in ("checkbox", "radio") else ""
        self._add(
            given,
            Field(
                "submit" if kind == "image" else kind,
                given.get("name", ""),
                given.get("value", default),
                "checked" in given,
            ),
        )

    def _open_textarea(self, given: dict[str, str]) -> None:
        self._textarea = Field("textarea", given.get("name", ""))
        self._add(given, self._textarea)

    def _open_select(self, given: dict[str, str]) -> None:
        self._select = Field("select", given.get("name", ""), is_multiple="multiple" in given)
        self._add(given, self._select)

    def _open_option(self, given: dict[str, str]) -> None:
        self._option = Field("option", "", given.get("value", ""), "selected" in given)
        if self._select is not None and "disabled" not in given:
            self._select.options.append(self._option)

    def _open_button(self, given: dict[str, str]) -> None:
        self._button = Field(given.get("type", "submit"), given.get("name", ""), given.get("value", ""))
        self._add(given, self._button)

    def _add(self, given: dict[str, str], found: Field) -> None:
        if "disabled" in given or found.kind in ("button", "reset"):
            return
        found.action = given.get("formaction")
        found.is_required = "required" in given
        if "form" in given:
            self._strays.append((given["form"], found))
        elif self._form is not None:
            self._form.fields.append(found)
