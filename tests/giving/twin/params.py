"""Reads form-encoded parameters and holds them against the types that Stripe's own library has for its API.

The library is generated from Stripe's description of the API, so that nobody's
memory decides which parameters there are.
"""

import re
import sys
import types
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from stripe._request_options import RequestOptions

OPTIONS = frozenset(RequestOptions.__annotations__)
"""What the library sends as headers and not as parameters."""


class ParameterWrong(Exception):
    """A parameter that Stripe would refuse."""

    def __init__(self, message: str, param: str, code: str | None = None) -> None:
        super().__init__(message)
        self.param, self.code = param, code


def decode(body: str) -> dict[str, Any]:
    """Return nested parameters from a[b][0][c]=d; lists stay dictionaries by index."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body)):
        head, _, rest = name.partition("[")
        path = [head, *rest.removesuffix("]").split("][")] if rest else [head]
        place = tree
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1] or str(len(place))] = value
    return tree


def check(given: dict[str, Any], kind: Any) -> dict[str, Any]:
    """Return parameters in their types.

    Raises ParameterWrong.
    """
    return _check_dict(given, kind, "")


def _check_dict(given: Any, kind: Any, where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise ParameterWrong("Invalid object", where)
    known = {name: hint for name, hint in _hints(kind).items() if where or name not in OPTIONS}
    for name in given:
        if name not in known:
            param = _inside(where, name)
            raise ParameterWrong(f"Received unknown parameter: {param}", param, "parameter_unknown")
    for name in kind.__required_keys__ - OPTIONS:
        if name not in given and get_origin(known[name]) is not NotRequired:
            param = _inside(where, name)
            raise ParameterWrong(f"Missing required param: {param}.", param, "parameter_missing")
    return {name: _check_value(value, known[name], _inside(where, name)) for name, value in given.items()}


def _check_value(value: Any, hint: Any, where: str) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return _check_value(value, args[0], where)
    if origin in (Union, types.UnionType):
        return _check_union(value, args, where)
    if origin is list:
        if not isinstance(value, dict) or sorted(value, key=int) != [str(place) for place in range(len(value))]:
            raise ParameterWrong("Invalid array", where)
        return [_check_value(value[str(place)], args[0], f"{where}[{place}]") for place in range(len(value))]
    if origin is dict:
        return _check_strings(value, where)
    if origin is Literal:
        if value not in args:
            raise ParameterWrong(f"Invalid {where}: must be one of {', '.join(map(str, args))}", where)
        return value
    if hasattr(hint, "__required_keys__"):
        return _check_dict(value, hint, where)
    return _check_scalar(value, hint, where)


def _check_union(value: Any, args: tuple[Any, ...], where: str) -> Any:
    """Take a value if any of the kinds does; the open `str` beside a list of words is not what the API takes."""
    kinds = [each for each in args if each is not str or not any(get_origin(a) is Literal for a in args)]
    wrong: list[ParameterWrong] = []
    for each in kinds:
        try:
            return _check_value(value, each, where)
        except ParameterWrong as error:
            wrong.append(error)
    raise next((error for error in wrong if error.code), wrong[0])


def _check_strings(value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise ParameterWrong("Invalid hash", where)
    if any(len(name) > 40 or len(text) > 500 for name, text in value.items()):
        raise ParameterWrong("Metadata values can have up to 500 characters", where)
    return value


def _check_scalar(value: Any, hint: Any, where: str) -> Any:
    if not isinstance(value, str):
        raise ParameterWrong("Invalid string", where)
    if hint is int:
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise ParameterWrong(f"Invalid integer: {value}", where, "parameter_invalid_integer")
        return int(value)
    if hint is bool:
        if value not in ("true", "false"):
            raise ParameterWrong(f"Invalid boolean: {value}", where)
        return value == "true"
    if hint is Decimal:
        try:
            return Decimal(value)
        except InvalidOperation:
            raise ParameterWrong(f"Invalid decimal: {value}", where) from None
    if hint is not str:
        raise ParameterWrong("Invalid value", where)
    if not value:
        raise ParameterWrong(f"You passed an empty string for '{where}'.", where, "parameter_invalid_empty")
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    # The options are inherited from another module, whose names the hints need too; nothing reads them.
    names = {"StripeContext": object, "Mapping": Mapping}
    return get_type_hints(kind, vars(sys.modules[kind.__module__]), names, include_extras=True)


def _inside(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name
