"""The office every journey begins in: a district, its people at their desks, and families with their slips."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.journeys.office import Office, open_office
from tests.plumbing.visitor import Visitor


@pytest.fixture
def office(app: Flask, new_visitor: Callable[..., Visitor]) -> Iterator[Office]:
    """Return an office in which everybody is signed in and no wish has come in yet.

    At the end of the story neither side must have learnt who the other is.
    """
    office = open_office(app, new_visitor)
    yield office
    office.check_walls()
