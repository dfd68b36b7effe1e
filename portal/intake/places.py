"""Finds the service centre, community and grid a list means, and the nearest name when there is none. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from portal.intake.numerals import read_number
from portal.spreadsheets.problems import FieldWrong
from portal.spreadsheets.tidying import fold

_CENTRE_ENDING = re.compile(r"(?:(?:便民|党群|社会|为民|社区|街道|综合|镇|乡)*服务)?中心$|街道办(?:事处)?$|街道$")
_COMMUNITY_ENDING = re.compile(
    r"(?:社区|村|居)?(?:居委会|居民委员会|村委会|村民委员会|党委|网格工作站|工作站)$|社区$|村$"
)
_GRID_WORDS = re.compile(r"第|号|网格|grid|[\s.#]")
_NEAR = 0.5


class AreaIndex:
    """The district's areas by name: service centres, their communities, and their grids.

    Built once for a list, from {centre: {community: grids}}.
    """

    def __init__(self, tree: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
        self._tree = {c: {name: tuple(grids) for name, grids in known.items()} for c, known in tree.items()}
        self._centres = _by_spelling(self._tree, _centre_key)
        self._communities = {c: _by_spelling(known, _community_key) for c, known in self._tree.items()}
        self._homes: dict[str, list[tuple[str, str]]] = {}
        for centre, known in self._tree.items():
            for name in known:
                self._homes.setdefault(_community_key(name), []).append((centre, name))
        self._near: dict[tuple[str, str | None], str | None] = {}

    def find_centre(self, text: str, community: str = "") -> str:
        """Return the service centre a text names; `community` helps to say which one was meant.

        Raises FieldWrong.
        """
        found = self._centres.get(fold(text)) or self._centres.get(_centre_key(text))
        if found:
            return found
        homes = self._homes.get(_community_key(community), [])
        if len(homes) == 1:
            home, known_as = homes[0]
            raise FieldWrong("centre_by_community", value=text, community=known_as, suggestion=home)
        near = self._nearest(text, None)
        if near:
            raise FieldWrong("centre_alike", value=text, suggestion=near)
        raise FieldWrong("centre_unknown", value=text)

    def find_centre_of(self, community: str) -> str:
        """Return the service centre of a community, for lists that name no centres.

        Raises FieldWrong when no centre or more than one has a community of this name.
        """
        homes = self._homes.get(_community_key(community), [])
        if len(homes) == 1:
            return homes[0][0]
        if homes:
            raise FieldWrong("centre_needed", community=community, known=[centre for centre, _name in homes])
        raise FieldWrong("community_nowhere", value=community)

    def find_community(self, centre: str, text: str) -> str:
        """Return the community of a service centre that a text names.

        Raises FieldWrong.
        """
        known = self._communities[centre]
        found = known.get(fold(text)) or known.get(_community_key(text))
        if found:
            return found
        homes = self._homes.get(_community_key(text), [])
        if len(homes) == 1:
            raise FieldWrong("community_elsewhere", value=text, suggestion=homes[0][0], centre=centre)
        near = self._nearest(text, centre)
        if near:
            raise FieldWrong("community_alike", value=text, suggestion=near, centre=centre)
        raise FieldWrong("community_unknown", value=text, centre=centre)

    def find_grid(self, centre: str, community: str, text: str) -> str:
        """Return the grid of a community that a text names, by its name or only by its number.

        Raises FieldWrong.
        """
        grids = self._tree[centre][community]
        key = _grid_key(text)
        found = next((grid for grid in grids if grid == text), None) or next(
            (grid for grid in grids if _grid_key(grid) == key), None
        )
        if found:
            return found
        raise FieldWrong("grid_unknown", value=text, community=community, known=grids)

    def _nearest(self, text: str, centre: str | None) -> str | None:
        """Return the known name most like a text, compared without the endings all names share."""
        if (text, centre) not in self._near:
            names, key = (self._tree, _centre_key) if centre is None else (self._tree[centre], _community_key)
            spelled = {key(name): name for name in names}
            close = get_close_matches(key(text), spelled, n=1, cutoff=_NEAR)
            self._near[text, centre] = spelled[close[0]] if close else None
        return self._near[text, centre]


def _by_spelling(names: Iterable[str], key: Callable[[str], str]) -> dict[str, str]:
    """Return names by their folded spelling, and by their key where only one name has it."""
    spelled: dict[str, list[str]] = {}
    for name in names:
        spelled.setdefault(key(name), []).append(name)
    single = {short: found[0] for short, found in spelled.items() if len(found) == 1}
    return single | {fold(name): name for found in spelled.values() for name in found}


def _centre_key(text: str) -> str:
    return _CENTRE_ENDING.sub("", fold(text)) or fold(text)


def _community_key(text: str) -> str:
    return _COMMUNITY_ENDING.sub("", fold(text)) or fold(text)


def _grid_key(text: str) -> str:
    bare = _GRID_WORDS.sub("", fold(text))
    number = read_number(bare)
    return str(number) if number is not None else bare
