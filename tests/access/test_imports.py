"""Rooms import one way, and nothing public can reach the sealed room."""

from graphlib import CycleError, TopologicalSorter

import pytest

from tests.access.imports import import_graph, reachable, read_sources, room_of

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"photos", "redaction", "spreadsheets"}),
    frozenset({"audit", "limits", "outbox", "throttle"}),
    frozenset({"gate"}),
    frozenset({"accounts", "areas"}),
    frozenset({"ledger"}),
    frozenset({"households", "publication"}),
    frozenset({"wishes"}),
    frozenset({"pledges"}),
    frozenset({"campaigns"}),
    frozenset({"giving"}),
    frozenset({"buying", "family", "handover", "intake"}),
    frozenset({"admin", "demo", "pages"}),
)
"""The rooms from the ground up: a room imports lower ones only; rooms of one layer never in a circle."""

PURE = frozenset({"portal.accounts.rules", "portal.wishes.kinds"})
"""Modules without database or Flask that every layer may use."""

GROUND = frozenset(
    (
        *("clock", "codes", "config", "counting", "crashing", "db", "engines", "faults", "files", "formats", "grams"),
        *("glances", "headers", "i18n", "invariants", "keys", "planning", "qr", "sealing", "workdays"),
    )
)
"""Modules below all rooms."""

FRAME = frozenset({"access", "web"})
"""Modules every page shares; they know roles and the throttle."""

ROOF = frozenset({"", "books", "cli", "models", "serving", "ticks"})
"""Modules that put the house together; rooms leave them alone but for their commands."""

PUBLIC_ROOMS = frozenset({"buying", "campaigns", "giving", "ledger", "pages", "pledges", "publication"})
PUBLIC_MODULES = frozenset({"portal.wishes.choices", "portal.wishes.views"})
PAGES_READ = frozenset({"ledger", "limits", "publication"})

HEIGHT = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}


def wrong_ways(sources):
    """Return every import that goes up, sideways in a circle, or where it must not."""
    graph = import_graph(sources)
    found = [
        f"{module} imports {target}"
        for module, targets in graph.items()
        for target in targets
        if not _is_allowed(module, target)
    ]
    return sorted(found + _circles(graph))


def leaks(sources):
    """Return every public module that reaches the sealed room, itself or through what it imports."""
    graph = import_graph(sources)
    # Commands are typed by an operator and stand on the roof, from where all rooms are reached.
    pages = {module for module in sources if not module.endswith(".commands")}
    public = {module for module in pages if room_of(module) in PUBLIC_ROOMS} | PUBLIC_MODULES
    return sorted(
        f"{module} reaches {target}"
        for module in public
        for target in reachable(graph, module)
        if room_of(target) == "households"
    )


def _is_allowed(module, target):
    source, room = room_of(module), room_of(target)
    if source == room or target in PURE or source in ROOF:
        return True
    if room in GROUND:
        return True
    if source in GROUND:
        return False
    if source in FRAME:
        return room in FRAME or target in ("portal.throttle.service", "portal.accounts.rules")
    if room in FRAME:
        return HEIGHT[source] >= HEIGHT["accounts"]
    if room in ROOF:
        return source == "demo" or module.endswith(".commands")
    return HEIGHT[room] <= HEIGHT[source]


def _circles(graph):
    found = []
    for rooms in LAYERS:
        beside = {room: set() for room in rooms}
        for module, targets in graph.items():
            if room_of(module) in rooms:
                beside[room_of(module)] |= {room_of(each) for each in targets if each not in PURE} & rooms
        try:
            TopologicalSorter({room: others - {room} for room, others in beside.items()}).prepare()
        except CycleError as error:
            found.append(f"circle of rooms: {' -> '.join(error.args[1])}")
    return found


@pytest.fixture(scope="module")
def sources():
    """Return the portal's source."""
    return read_sources()


def test_every_room_has_its_place(sources):
    rooms = {room_of(module) for module in sources} - GROUND - FRAME - ROOF
    assert rooms == set(HEIGHT), "a new room needs its place among LAYERS"


def test_rooms_import_one_way(sources):
    assert not wrong_ways(sources)


def test_pure_modules_import_no_room(sources):
    graph = import_graph(sources)
    assert not {target for module in PURE for target in graph[module]} - PURE


def test_pages_read_what_is_public_only(sources):
    graph = import_graph(sources)
    rooms = {room_of(target) for module in sources if room_of(module) == "pages" for target in graph[module]}
    assert rooms - GROUND - FRAME - {"pages"} <= PAGES_READ


def test_nothing_public_reaches_the_sealed_room(sources):
    assert not leaks(sources)


@pytest.mark.parametrize(
    ("module", "line", "found"),
    [
        (
            "portal.audit.planted",
            "from portal.wishes import service",
            "portal.audit.planted imports portal.wishes.service",
        ),
        ("portal.db", "from portal.audit.models import AuditEntry", "portal.db imports portal.audit.models"),
        (
            "portal.areas.planted",
            "def f():\n    import portal.pledges.models",
            "portal.areas.planted imports portal.pledges.models",
        ),
        ("portal.handover.planted", "from portal.family.service import enter", "circle of rooms"),
        ("portal.wishes.planted", "from portal.cli import in_app", "portal.wishes.planted imports portal.cli"),
    ],
)
def test_import_the_wrong_way_is_found(sources, module, line, found):
    planted = sources | {module: sources.get(module, "") + "\n" + line}
    assert any(wrong.startswith(found) for wrong in wrong_ways(planted))


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("portal.publication.planted", "from portal.households.models import Household"),
        ("portal.pages.views", "import portal.households.queries"),
        ("portal.pledges.planted", "from portal.wishes.filing import file_wish"),
        ("portal.wishes.views", "def f():\n    from portal.households import service"),
    ],
)
def test_way_into_the_sealed_room_is_found(sources, module, line):
    planted = sources | {module: sources.get(module, "") + "\n" + line}
    assert any(leak.startswith(f"{module} reaches") for leak in leaks(planted))
