"""Tries are counted exactly, across processes, for as long as their window lasts."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from portal.db import hasty_transaction, session, transaction
from portal.throttle.service import Allowance, TooManyTries, check_tries, count_tries, count_try, sweep_tries

FEW = Allowance("few", 2, 60)
MANY = Allowance("many", 100, 3600)


def is_used_up(allowance):
    try:
        check_tries(allowance, "somebody")
    except TooManyTries:
        return True
    return False


def test_the_try_after_the_last_is_refused_until_the_window_ends(app_context, clock):
    for _try in range(2):
        count_try(FEW, "somebody")
    count_try(FEW, "somebody else")
    clock.advance(timedelta(seconds=40))
    with pytest.raises(TooManyTries) as refusal:
        count_try(FEW, "somebody")
    assert refusal.value.retry_seconds == 20
    clock.advance(timedelta(seconds=20))
    count_try(FEW, "somebody")
    assert not is_used_up(FEW)


def test_refused_tries_do_not_lengthen_the_wait(app_context, clock):
    for _try in range(2):
        count_try(FEW, "somebody")
    for _try in range(5):
        with pytest.raises(TooManyTries):
            count_try(FEW, "somebody")
    clock.advance(timedelta(seconds=60))
    for _try in range(2):
        count_try(FEW, "somebody")


def test_a_try_counts_against_all_allowances_or_none(app_context):
    short = Allowance("short", 3, 60)
    for _try in range(2):
        count_tries([(FEW, "somebody"), (short, "somebody")])
    with pytest.raises(TooManyTries):
        count_tries([(FEW, "somebody"), (short, "somebody")])
    assert is_used_up(FEW)
    assert not is_used_up(short)
    count_try(short, "somebody")


def test_tries_at_the_same_moment_are_all_counted(app):
    allowance = Allowance("crowd", 30, 60)
    barrier = threading.Barrier(12, timeout=30)
    refused = []

    def crowd():
        with app.app_context():
            barrier.wait()
            for _try in range(3):
                try:
                    count_tries([(allowance, "door"), (MANY, "house")])
                except TooManyTries:
                    refused.append(1)

    threads = [threading.Thread(target=crowd) for _thread in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 12 * 3 - 30


def test_windows_that_have_ended_are_swept(app_context, clock):
    count_try(FEW, "somebody")
    count_try(MANY, "somebody")
    clock.advance(timedelta(seconds=60))
    assert sweep_tries() == 1


def test_only_what_passes_soon_does_not_wait_for_the_disk(app_context, database_kind):
    query, lasting, hasty = {
        "sqlite": ("PRAGMA synchronous", 2, 1),
        "postgresql": ("SHOW synchronous_commit", None, "off"),
    }[database_kind]
    found = hasty_transaction(lambda: session().scalar(text(query)))()
    assert found == hasty
    assert transaction(lambda: session().scalar(text(query)))() == lasting or lasting is None
