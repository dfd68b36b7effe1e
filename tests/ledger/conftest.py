"""Fixtures of the book."""

import pytest

from tests.ledger.book import open_funds


@pytest.fixture
def book(app_context):
    """Return the application inside its context, with two funds open."""
    open_funds()
    return app_context
