"""Plain queries are answered by connections that are kept, and a broken one is not kept."""

import sqlite3

import pytest

from portal.engines import make_engine
from portal.glances import Glances


@pytest.fixture
def glances(tmp_path):
    path = tmp_path / "plain.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE counts (number INTEGER)")
    connection.close()
    engine = make_engine(f"sqlite:///{path}", writing=False)
    found = Glances(engine)
    yield found
    found.dispose()
    engine.dispose()


def test_a_row_is_read_as_it_is_written_meanwhile(glances):
    assert glances.read("SELECT number FROM counts") == []
    glances.read("INSERT INTO counts VALUES (?)", (7,))
    assert glances.read("SELECT number FROM counts WHERE number = ?", (7,)) == [(7,)]


def test_a_query_that_fails_is_told_and_the_next_one_is_answered(glances):
    with pytest.raises(glances.error):
        glances.read("SELECT number FROM nothing")
    assert glances.read("SELECT count(*) FROM counts") == [(0,)]


def test_a_connection_serves_again_and_again_until_it_is_disposed_of(glances):
    numbers = [glances.read("SELECT count(*) FROM pragma_database_list") for _time in range(3)]
    assert numbers == [[(1,)]] * 3
    glances.dispose()
    assert glances.read("SELECT count(*) FROM counts") == [(0,)]
