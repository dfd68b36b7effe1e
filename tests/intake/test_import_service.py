"""Taking lists in: all or nothing, once, sealed, safe against crashes and double starts, only one's own centres."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.accounts.rules import SYSTEM, NotAllowed, Role
from portal.audit.models import AuditEntry
from portal.clock import local_date
from portal.db import forget_reads, session
from portal.households.models import ConsentUse, Household
from portal.households.queries import consent_states, is_id_shared
from portal.intake import clocks, service, uploads
from portal.intake.models import Import
from portal.intake.queries import get_import_page
from portal.spreadsheets.refusals import SheetRefused
from portal.wishes.models import Wish, WishEvent
from portal.wishes.rules import WishAction, WishState
from portal.wishes.service import move_wish
from tests import cast
from tests.intake.office import (
    BLUE,
    LINES,
    NOTHING,
    WHITE,
    at_centre,
    build_district,
    clerk_of,
    count_rows,
    everything_stored,
    list_of,
    submitted_list,
)
from tests.spreadsheets.samples import wish_line


@pytest.fixture
def in_app(app_context):
    build_district()
    return app_context


def errors_of(taken):
    return [(problem.row, problem.code) for problem in taken.reading.plan.problems if problem.is_error]


def take(lines, actor=SYSTEM):
    return service.take_in_by_command(actor, list_of(lines), "名单.xlsx")


def test_every_row_comes_in_with_its_household_first_event_and_consent(in_app):
    take(LINES)
    assert count_rows() == {"households": 12, "wishes": 12, "events": 12, "consents": 12}
    wish = session().scalars(select(Wish).order_by(Wish.id)).first()
    line = LINES[0]
    assert (wish.item, wish.quantity, wish.reason) == (line["item"], line["quantity"], line["reason"])
    assert wish.state == WishState.SUBMITTED
    household = session().get(Household, wish.household_id)
    assert household.identity["id_number"] == line["id_number"]
    assert consent_states(wish.id)[ConsentUse.PUBLISH].is_given
    assert consent_states(wish.id)[ConsentUse.PHOTO].is_given is None
    events = session().scalars(select(WishEvent)).all()
    assert {(each.sequence, each.action) for each in events} == {(1, WishAction.SUBMIT)}


def test_the_same_file_again_adds_nothing_and_says_so(in_app):
    take(LINES)
    again = take(LINES)
    assert (len(again.reading.plan.candidates), again.reading.plan.known_count) == (0, 12)
    assert count_rows()["wishes"] == 12
    row = session().get(Import, again.import_id)
    assert (row.state, row.rows_added, row.rows_known) == ("done", 0, 12)


def test_a_longer_list_adds_only_what_is_new(in_app):
    take(LINES[:5])
    longer = take(LINES)
    assert (len(longer.reading.plan.candidates), longer.reading.plan.known_count) == (7, 5)
    assert count_rows()["wishes"] == 12


def test_one_wrong_row_keeps_the_whole_list_out(in_app):
    wrong = [*LINES[:6], LINES[6] | {"quantity": "一个"}, *LINES[7:]]
    taken = take(wrong)
    assert errors_of(taken) == [(9, "quantity_word")]
    assert count_rows() == NOTHING
    assert session().get(Import, taken.import_id).state == "refused"


def test_a_changed_row_of_somebody_with_an_open_wish_is_told_by_row(in_app):
    take(LINES)
    changed = take([LINES[0] | {"item": "毛毯", "quantity": 2}, *LINES[1:]])
    assert errors_of(changed) == [(3, "wish_open")]
    assert count_rows()["wishes"] == 12


def test_somebody_whose_wish_has_ended_may_wish_again(in_app):
    take(LINES[:1])
    wish = session().scalars(select(Wish)).one()
    move_wish(wish.id, WishAction.REJECT, cast.actor(Role.CENTRE_CLERK))
    again = take([LINES[0] | {"item": "毛毯"}])
    assert errors_of(again) == []
    assert count_rows()["wishes"] == 2


def test_an_id_number_known_under_another_name_is_a_remark_and_a_flag(in_app):
    take(LINES[:1])
    other = take([wish_line(30, id_number=LINES[0]["id_number"], guardian="石明")])
    assert [problem.code for problem in other.reading.plan.problems] == ["id_known_otherwise"]
    assert all(is_id_shared(each) for each in session().scalars(select(Household.id)))


def test_a_clerk_brings_in_rows_of_their_own_centre_only(in_app):
    clerk = clerk_of(BLUE).actor
    mixed = [*at_centre(BLUE, LINES[:3]), *at_centre(WHITE, LINES[3:5])]
    assert errors_of(take(mixed, clerk)) == [(6, "centre_of_others"), (7, "centre_of_others")]
    assert count_rows() == NOTHING
    assert errors_of(take(at_centre(BLUE, LINES[:3]), clerk)) == []
    assert errors_of(take(mixed, cast.administrator())) == []
    assert count_rows()["wishes"] == 5


@pytest.mark.parametrize("role", [Role.NEED_REPORTER, Role.MODERATOR, Role.SUPERVISOR, Role.FINANCE])
def test_other_roles_bring_no_lists_in(in_app, role):
    with pytest.raises(NotAllowed):
        take(LINES, cast.actor(role))
    with pytest.raises(NotAllowed):
        service.receive_list(cast.actor(role), list_of(), "名单.xlsx")


def test_nothing_of_a_family_is_in_clear_in_the_database_or_on_disk(in_app, settings):
    actor = cast.administrator()
    import_id = service.receive_list(actor, list_of(), "许家名单.xlsx")
    on_disk = b"".join(path.read_bytes() for path in settings.files_path.rglob("*") if path.is_file()).decode()
    assert on_disk
    secrets = [LINES[3][name] for name in ("name", "id_number", "phone", "address", "reason", "reporter")]
    for secret in (*secrets, "许家名单", "sheet1.xml"):
        assert secret not in everything_stored() + on_disk
    service.take_in(actor, import_id)
    assert count_rows()["wishes"] == 12
    stored = everything_stored()
    assert not [secret for secret in secrets if secret in stored]


def test_the_uploaded_file_is_gone_as_soon_as_the_list_is_in(in_app, settings):
    actor = cast.administrator()
    import_id = service.receive_list(actor, list_of(), "名单.xlsx")
    [kept] = settings.files_path.rglob("*.sealed")
    assert kept.stat().st_mode & 0o777 == 0o600
    service.take_in(actor, import_id)
    assert not list(settings.files_path.rglob("*.sealed"))


def test_a_dropped_list_leaves_neither_file_nor_rows(in_app, settings):
    actor = cast.administrator()
    import_id = service.receive_list(actor, list_of(), "名单.xlsx")
    service.drop_list(actor, import_id)
    assert not list(settings.files_path.rglob("*.sealed"))
    with pytest.raises(service.ImportNotOpen):
        service.take_in(actor, import_id)
    assert count_rows() == NOTHING


def test_a_preview_left_alone_for_a_day_is_dropped_with_its_file(in_app, settings, clock):
    service.receive_list(cast.administrator(), list_of(), "名单.xlsx")
    clock.advance(timedelta(hours=23))
    assert clocks.forget_uploads() == 0
    clock.advance(timedelta(hours=2))
    assert clocks.forget_uploads() == 1
    assert not list(settings.files_path.rglob("*.sealed"))
    assert session().scalar(select(Import.state)) == "dropped"


def test_files_that_no_list_names_are_removed_too(in_app, settings, clock):
    name = uploads.keep_upload(b"somebody died here")
    clock.set(clock.now() + timedelta(days=4000))
    assert clocks.forget_uploads() == 1
    with pytest.raises(uploads.UploadGone):
        uploads.read_upload(name)


def test_a_file_name_cannot_lead_out_of_the_folder(in_app, settings):
    outside = Path(settings.files_path) / "outside.sealed"
    outside.parent.mkdir(parents=True, exist_ok=True)
    outside.write_text("keep me")
    uploads.drop_upload("../outside.sealed")
    assert outside.exists()


def test_a_refused_file_leaves_no_trace(in_app, settings):
    with pytest.raises(SheetRefused):
        service.receive_list(cast.administrator(), b"%PDF-1.7", "名单.xlsx")
    assert session().scalar(select(Import.id)) is None
    assert not list(settings.files_path.rglob("*.sealed"))


def test_the_same_file_uploaded_again_replaces_its_waiting_preview(in_app, settings):
    actor, data = cast.administrator(), list_of()
    first, second = (service.receive_list(actor, data, "名单.xlsx") for _ in range(2))
    states = session().execute(select(Import.id, Import.state).order_by(Import.id)).all()
    assert states == [(first, "dropped"), (second, "read")]
    assert len(list(settings.files_path.rglob("*.sealed"))) == 1


def test_pressing_twice_takes_a_list_in_once(in_app):
    actor = cast.administrator()
    import_id = service.receive_list(actor, list_of(), "名单.xlsx")
    service.take_in(actor, import_id)
    service.take_in(actor, import_id)
    assert count_rows()["wishes"] == 12
    submitted = session().scalars(select(AuditEntry).where(AuditEntry.action == "import.submit")).all()
    assert len(submitted) == 1


def test_a_list_whose_file_is_gone_is_refused_instead_of_tried_for_ever(in_app, settings):
    import_id = submitted_list()
    for path in settings.files_path.rglob("*.sealed"):
        path.unlink()
    assert clocks.take_in_waiting() == 1
    forget_reads()
    assert session().get(Import, import_id).state == "refused"
    assert clocks.take_in_waiting() == 0


def test_somebody_elses_list_does_not_exist_for_a_clerk(in_app):
    import_id = service.receive_list(clerk_of(BLUE).actor, list_of(at_centre(BLUE)), "名单.xlsx")
    with pytest.raises(service.ImportNotFound):
        service.take_in(clerk_of(BLUE).actor, import_id)
    assert get_import_page(cast.administrator(), import_id).line.rows_total == 12


def test_a_family_is_forgotten_some_time_after_its_wish_ended(in_app, clock):
    take(LINES[:2])
    ended, under_way = session().scalars(select(Wish).order_by(Wish.id)).all()
    move_wish(ended.id, WishAction.REJECT, cast.actor(Role.CENTRE_CLERK))
    assert clocks.schedule_purges() == 1
    assert clocks.schedule_purges() == 0
    row = session().get(Household, ended.household_id)
    assert row.purge_on == local_date(clock.now()) + timedelta(days=180)
    assert clocks.purge_due() == 0
    clock.advance(timedelta(days=180))
    assert clocks.purge_due() == 1
    forget_reads()
    assert session().get(Household, ended.household_id).identity is None
    assert session().get(Wish, ended.id).reason == ""
    assert session().get(Wish, ended.id).item == LINES[0]["item"]
    assert session().get(Household, under_way.household_id).identity is not None
