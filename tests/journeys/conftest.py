"""The office every journey begins in: a district, its people at their desks, and families with their slips."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.journeys.office import Office, open_office
from tests.plumbing.visitor import Visitor


@pytest.fixture
def office(app: Flask, new_visitor: Callable[..., Visitor]) -> Office:
    """Return an office of the district in which everybody is signed in and no wish has come in yet."""
    return open_office(app, new_visitor)
