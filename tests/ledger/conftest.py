"""Fixtures of the book."""

import pytest

from tests.ledger.book import open_funds


@pytest.fixture
def book(app_context):
    """Return the application inside its context, with two funds open."""
    open_funds()
    return app_context


@pytest.fixture(autouse=True)
def _only_the_book(monkeypatch):
    """Check the ledger alone: these books have no gifts and payments behind them, which other rooms would miss."""
    monkeypatch.setattr("portal.books.ROOMS_WITH_INVARIANTS", ("ledger",))
