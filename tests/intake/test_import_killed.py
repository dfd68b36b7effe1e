"""A real process is killed in the middle of a list: nothing of it is there, and the next try brings all of it in."""

import os
import signal
import sys
import time

import pytest
from sqlalchemy import select

from portal.config import PREFIX
from portal.db import forget_reads, session
from portal.intake.models import Import
from tests.intake.office import NOTHING, build_district, count_rows, list_of
from tests.plumbing.environment import as_environment
from tests.plumbing.processes import outer_environment, start, stop, tail
from tests.spreadsheets.samples import wish_lines

ROWS = 800
PATIENCE_SECONDS = 60
COMMAND = [sys.executable, "-c", "from portal.cli import main; main()", "import-wishes"]


@pytest.fixture
def surroundings(app_context, settings):
    """Return the environment of a process that works on this test's database."""
    build_district()
    return outer_environment() | as_environment(settings) | {f"{PREFIX}SETTINGS_FILE": os.devnull}


def rows_done():
    forget_reads()
    return session().scalar(select(Import.rows_done).order_by(Import.id.desc()).limit(1)) or 0


def test_a_killed_process_leaves_nothing_and_the_next_one_brings_all(surroundings, tmp_path):
    path, log = tmp_path / "名单.xlsx", tmp_path / "import.log"
    path.write_bytes(list_of(wish_lines(ROWS)))

    def run():
        return start([*COMMAND, path], folder=tmp_path, surroundings=surroundings, log_path=log)

    process = run()
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while rows_done() == 0:
        assert process.poll() is None, tail(log)
        assert time.monotonic() < give_up_at
        time.sleep(0.01)
    stop(process, signal.SIGKILL)
    forget_reads()
    assert count_rows() == NOTHING
    assert session().scalar(select(Import.state)) == "running"
    assert run().wait(PATIENCE_SECONDS) == 0, tail(log)
    forget_reads()
    assert count_rows()["wishes"] == ROWS
