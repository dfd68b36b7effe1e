"""What is wrong with a sheet, cell by cell, kept as codes so that it can be stored and read in any language. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar, Self

from flask_babel import lazy_gettext

_BETWEEN = lazy_gettext("、")
_SHOWN_CHARACTERS = 20


class Severity(StrEnum):
    """Whether a problem keeps the list out or only asks for a look."""

    ERROR = "error"
    WARNING = "warning"


class FieldWrong(ValueError):
    """A value cannot be taken; `code` and `params` say why, in the wording of the room that reads it."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place; a room derives its own kind with its wording and field labels.

    `row` is the number the spreadsheet shows, 0 for the sheet as a whole;
    `column` the letters above the column, None where no column is to blame.
    """

    row: int
    column: str | None
    field: str | None
    code: str
    severity: Severity = Severity.ERROR
    params: tuple[tuple[str, Any], ...] = ()

    wording: ClassVar[Mapping[str, Any]] = {}
    labels: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def of(
        cls, row: int, column: str | None, field: str | None, wrong: FieldWrong, severity: Severity = Severity.ERROR
    ) -> Self:
        """Return the problem that a value which cannot be taken makes at a place."""
        return cls(row, column, field, wrong.code, severity, tuple(wrong.params.items()))

    @property
    def label(self) -> str:
        """The column's name in the reader's language, empty where no column is to blame."""
        return str(self.labels.get(self.field or "", ""))

    @property
    def message(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        values = {name: _shown(value, self.labels) for name, value in self.params}
        return str(self.wording[self.code]) % ({"label": self.label} | values)

    @property
    def is_error(self) -> bool:
        """Tell whether the list cannot come in while this stands."""
        return self.severity is Severity.ERROR

    def to_dict(self) -> dict[str, Any]:
        """Return the problem as plain data; `params` may quote a cell, so it is sealed where it is stored."""
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        return plain | {"severity": str(self.severity), "params": dict(self.params)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the problem that to_dict wrote."""
        params = tuple((name, tuple(v) if isinstance(v, list) else v) for name, v in data["params"].items())
        plain = {name: data[name] for name in ("row", "column", "field", "code")}
        return cls(**plain, severity=Severity(data["severity"]), params=params)


def _shown(value: Any, labels: Mapping[str, Any]) -> str:
    """Return a parameter as it stands in a sentence: lists joined, field names as labels, long texts cut."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return str(_BETWEEN).join(str(labels.get(part, part)) for part in value)
    text = str(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
