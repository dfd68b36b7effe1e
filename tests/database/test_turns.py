"""Many write to SQLite, one at a time: everybody's turn comes soon, and whoever is killed blocks nobody."""

import heapq
import random
import sqlite3
import subprocess
import sys
import threading

import pytest
from sqlalchemy import text

import portal.db
import portal.engines
from portal.db import DatabaseBusy, database
from portal.engines import pause_before_trying_again

pytestmark = pytest.mark.only_on("sqlite")

WRITERS, SECONDS, HOLD_SECONDS, THINK_SECONDS = 16, 60, 0.004, 0.02

HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("INSERT INTO notes VALUES ('half')")
print("held", flush=True)
sys.stdin.read()
"""


def longest_wait(pause):
    """Let writers come and go for a minute that takes no time; return the longest that one of them waited."""
    dice, free_at, longest = random.Random(1), 0.0, 0.0
    # When somebody tries next, who it is, and since when they have been waiting.
    tries = [(dice.random() * THINK_SECONDS, writer, None) for writer in range(WRITERS)]
    heapq.heapify(tries)
    while tries[0][0] < SECONDS:
        at, writer, came_at = heapq.heappop(tries)
        waited = 0.0 if came_at is None else at - came_at
        if at < free_at:
            heapq.heappush(tries, (at + pause(waited), writer, at - waited))
        else:
            longest, free_at = max(longest, waited), at + dice.uniform(0.5, 2) * HOLD_SECONDS
            heapq.heappush(tries, (free_at + dice.expovariate(1 / THINK_SECONDS), writer, None))
    return longest


def test_none_of_sixteen_who_want_it_all_the_time_waits_half_a_second(monkeypatch):
    monkeypatch.setattr(portal.engines, "random", random.Random(1))
    assert longest_wait(pause_before_trying_again) < 0.5


def test_some_of_them_would_wait_longer_if_all_tried_equally_often():
    dice = random.Random(1)
    assert longest_wait(lambda _waited: dice.uniform(0.5, 1.5) * 0.006) > 0.5


def test_who_waits_for_long_does_not_keep_the_processor_busy():
    assert min(pause_before_trying_again(waited=5) for _try in range(1000)) >= 0.0005


@pytest.fixture
def notes(app_context):
    """A table to write to; returns the path of the database."""
    with database().write_engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (words TEXT)"))
    return database().write_engine.url.database


def write_note():
    session = portal.db.session()
    session.execute(text("INSERT INTO notes VALUES ('whole')"))


def test_a_writer_killed_in_the_middle_blocks_nobody_and_leaves_nothing(app, notes):
    command = [sys.executable, "-c", HOLDER, notes]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        tried = threading.Event()

        def write():
            with app.app_context():
                database().run(write_note)

        def pause(waited):
            tried.set()
            return pause_before_trying_again(waited)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(portal.engines, "pause_before_trying_again", pause)
            waiting = threading.Thread(target=write)
            waiting.start()
            assert tried.wait(30)
            holder.kill()
            waiting.join(30)
    with database().read_engine.connect() as connection:
        assert connection.execute(text("SELECT words FROM notes")).all() == [("whole",)]


def test_who_has_waited_long_enough_is_told_so_and_can_try_again(notes, monkeypatch):
    for module in (portal.db, portal.engines):
        monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.05)
    holder = sqlite3.connect(notes, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy):
        database().run(write_note)
    holder.close()
    database().run(write_note)
