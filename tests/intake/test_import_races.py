"""Lists that several processes want, or that a process dies over: taken in once, whole, or not at all."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.db import forget_reads, session
from portal.intake import clocks, taking_in, uploads
from portal.intake.models import Import
from tests import cast
from tests.intake.office import NOTHING, build_district, count_rows, submitted_list
from tests.spreadsheets.samples import wish_lines


@pytest.fixture
def in_app(app_context):
    build_district()
    return app_context


def test_many_processes_take_one_list_in_once(in_app):
    import_id = submitted_list()
    start, worked = threading.Barrier(6), []

    def work():
        with in_app.app_context():
            start.wait()
            worked.append(taking_in.work_off(import_id))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert worked.count(True) == 1
    assert count_rows()["wishes"] == 12


def test_two_lists_with_the_same_rows_at_once_add_each_row_once(in_app):
    lists = [submitted_list(), submitted_list()]
    start = threading.Barrier(2)

    def work(import_id):
        with in_app.app_context():
            start.wait()
            taking_in.work_off(import_id)

    threads = [threading.Thread(target=work, args=(each,)) for each in lists]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count_rows()["wishes"] == 12
    rows = session().execute(select(Import.state, Import.rows_added, Import.rows_known)).all()
    assert sorted(rows) == [("done", 0, 12), ("done", 12, 0)]


class ProcessDied(BaseException):
    """Stands for a process that is killed."""


def test_a_process_that_dies_leaves_nothing_and_another_takes_over(in_app, clock):
    import_id = submitted_list(wish_lines(600))
    token = taking_in.claim_import(import_id)
    row = session().get(Import, import_id)
    data = uploads.read_upload(row.upload)

    def die(done, total):
        raise ProcessDied

    with pytest.raises(ProcessDied):
        taking_in.take_in_file(cast.administrator(), import_id, token, data, "名单.xlsx", row.columns, on_sealed=die)
    assert count_rows() == NOTHING
    assert clocks.take_in_waiting() == 0
    clock.advance(timedelta(seconds=taking_in.CLAIM_SECONDS))
    assert clocks.take_in_waiting() == 1
    assert count_rows()["wishes"] == 600
    forget_reads()
    assert session().get(Import, import_id).rows_added == 600


def test_whoever_lost_the_list_to_another_process_writes_nothing(in_app, clock):
    import_id = submitted_list()
    slow = taking_in.claim_import(import_id)
    row = session().get(Import, import_id)
    data = uploads.read_upload(row.upload)
    clock.advance(timedelta(seconds=taking_in.CLAIM_SECONDS))
    assert taking_in.work_off(import_id)
    with pytest.raises(taking_in.ImportOvertaken):
        taking_in.take_in_file(cast.administrator(), import_id, slow, data, "名单.xlsx", row.columns)
    assert count_rows()["wishes"] == 12


def test_a_claim_is_renewed_while_its_process_works(in_app, clock):
    import_id = submitted_list(wish_lines(1200))
    token = taking_in.claim_import(import_id)
    row = session().get(Import, import_id)
    data, seen = uploads.read_upload(row.upload), []

    def work_slowly(done, total):
        clock.advance(timedelta(milliseconds=100))
        if done % 400 == 0:
            forget_reads()
            seen.append(session().get(Import, import_id).rows_done)
            assert taking_in.claim_import(import_id) is None

    taking_in.take_in_file(
        cast.administrator(), import_id, token, data, "名单.xlsx", row.columns, on_sealed=work_slowly
    )
    assert seen == [0, 500, 1000]
    assert count_rows()["wishes"] == 1200
