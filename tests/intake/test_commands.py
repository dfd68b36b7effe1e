"""The commands of intake and of family codes, as an operator runs them."""

import io

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select

from portal.accounts.rules import Role
from portal.codes import read_family_code
from portal.db import forget_reads, session
from portal.family.commands import family_code
from portal.intake.commands import export_wishes, import_wishes
from portal.sealing import keyed_hash
from portal.wishes.models import Wish
from portal.wishes.rules import WishState
from tests import cast
from tests.intake.office import BLUE, LINES, NOTHING, WHITE, at_centre, build_district, clerk_of, count_rows, list_of
from tests.plumbing.environment import put_settings


@pytest.fixture
def run(app_context, settings, monkeypatch):
    """Return a function that runs a command with this test's settings in the environment."""
    put_settings(settings, monkeypatch)
    build_district()

    def invoke(command, *arguments):
        done = CliRunner().invoke(command, [str(each) for each in arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        forget_reads()
        return done

    return invoke


@pytest.fixture
def write(tmp_path):
    """Return a function that puts rows into a file."""

    def put(lines=LINES):
        path = tmp_path / "名单.xlsx"
        path.write_bytes(list_of(lines))
        return path

    return put


def test_a_list_comes_in_by_command_and_again_adds_nothing(run, write):
    done = run(import_wishes, write(), "--language", "zh")
    assert done.exit_code == 0
    assert "读到12行：新的心愿12个，以前收过的0个" in done.stdout
    assert count_rows()["wishes"] == 12
    again = run(import_wishes, write(), "--language", "zh")
    assert again.exit_code == 0
    assert "没有新的心愿，以前都收过了。" in again.stdout
    assert count_rows()["wishes"] == 12


def test_errors_are_told_row_by_row_with_status_1_and_nothing_comes_in(run, write):
    done = run(import_wishes, write([LINES[0], LINES[1] | {"quantity": "一个"}]), "--language", "zh")
    assert done.exit_code == 1
    assert "第4行 N列，必须改：数量“一个”看不懂。" in done.stdout
    assert count_rows() == NOTHING


def test_a_dry_run_writes_nothing(run, write, settings):
    done = run(import_wishes, write(), "--dry-run", "--language", "zh")
    assert done.exit_code == 0
    assert "什么也没有写" in done.stdout
    assert count_rows() == NOTHING
    assert not list(settings.files_path.rglob("*"))


def test_what_is_no_list_is_refused_in_words(run, tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"%PDF-1.7")
    done = run(import_wishes, path, "--language", "zh")
    assert done.exit_code == 1
    assert "这不是能读的表格文件" in done.stderr


def test_a_named_person_brings_in_only_what_they_may(run, write):
    clerk = clerk_of(BLUE)
    moderator = cast.person(Role.MODERATOR)
    theirs = write(at_centre(WHITE, LINES[:2]))
    done = run(import_wishes, theirs, "--actor", clerk.email, "--language", "zh")
    assert (done.exit_code, "不在您负责的服务中心里" in done.stdout) == (1, True)
    done = run(import_wishes, theirs, "--actor", moderator.email, "--language", "zh")
    assert (done.exit_code, "这个人不能导入心愿表" in done.stderr) == (1, True)
    assert run(import_wishes, theirs, "--actor", "nobody@example.org").exit_code == 2
    assert count_rows() == NOTHING
    assert run(import_wishes, write(at_centre(BLUE, LINES[:2])), "--actor", clerk.email).exit_code == 0
    assert set(session().scalars(select(Wish.filed_by_id))) == {clerk.id}


def test_the_register_is_written_without_anything_about_the_family(run, write):
    run(import_wishes, write([LINES[0] | {"item": "+1+1 拼图"}, *LINES[1:]]))
    text = run(export_wishes).stdout_bytes.decode("utf-8-sig")
    assert len(text.splitlines()) == 13
    assert "'+1+1 拼图" in text
    for line in LINES:
        for field in ("name", "id_number", "phone", "address", "reason", "reporter"):
            assert line[field] not in text


def test_the_register_as_a_workbook_has_texts_numbers_and_days(run, write, tmp_path):
    run(import_wishes, write())
    path = tmp_path / "register.xlsx"
    assert run(export_wishes, "--format", "xlsx", "--output", path).exit_code == 0
    rows = list(load_workbook(io.BytesIO(path.read_bytes())).active.iter_rows(values_only=True))
    assert len(rows) == 13
    assert rows[1][4] == LINES[0]["item"]
    assert rows[1][8] == LINES[0]["quantity"]
    assert rows[1][13].date() == LINES[0]["reported_on"]


def test_a_family_gets_a_new_code_by_command_once(run):
    wish = cast.wish()
    first, second = (run(family_code, "reissue", wish.number.lower()).stdout.strip() for _ in range(2))
    assert first != second
    stored = session().scalar(select(Wish.family_code_hash).where(Wish.id == wish.id))
    assert stored == keyed_hash("family-code", read_family_code(second))


@pytest.mark.parametrize("number", ["0000000", "nonsense"])
def test_no_code_for_a_wish_that_is_not_there(run, number):
    done = run(family_code, "reissue", number)
    assert (done.exit_code, done.stdout) == (1, "")


def test_no_code_for_a_wish_at_its_end(run):
    done = run(family_code, "reissue", cast.wish(WishState.CLOSED).number)
    assert (done.exit_code, done.stdout) == (1, "")
