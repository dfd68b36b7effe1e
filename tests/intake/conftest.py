"""Fixtures of intake's tests: somebody at the form for one wish."""

import pytest
from flask import Flask

from portal.accounts.rules import Role
from tests import cast
from tests.intake.office import BLUE, build_district, centre_named
from tests.plumbing.sessions import sign_in
from tests.plumbing.visitor import Visitor


@pytest.fixture
def reporter(app: Flask, visitor: Visitor) -> Visitor:
    """Return a need reporter of one service centre, at the form."""
    with app.app_context():
        build_district()
        person = cast.person(Role.NEED_REPORTER, at=centre_named(BLUE), name="周文")
        sign_in(visitor, person).open("/admin/filing")
    return visitor
