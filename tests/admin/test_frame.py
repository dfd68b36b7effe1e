"""What the desk's frame promises on every page: who is signed in, where one is, one way to write a deadline."""

from datetime import timedelta

from portal.accounts.rules import Role
from portal.ticks import tick
from portal.wishes.rules import WishState
from tests import cast
from tests.plumbing.sessions import sign_in


def test_desk_says_who_is_signed_in_and_for_which_centre(app, visitor):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre("北港服务中心"), name="陆秋")
    page = sign_in(visitor, clerk).open("/admin")
    assert "陆秋 服务中心工作人员 北港服务中心" in page
    assert "陆秋" in visitor.follow("我的账号").html


def test_menu_marks_where_one_is_on_pages_below_too(app, visitor):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        number = cast.wish().number
    sign_in(visitor, clerk)
    marked = '<a href="{}" aria-current="page">'
    assert marked.format("/admin") in visitor.open("/admin").html
    html = visitor.open(f"/admin/wishes/{number}").html
    assert marked.format("/admin/wishes") in html
    assert marked.format("/admin") not in html


def test_a_deadline_is_the_same_day_on_the_desk_in_the_list_and_on_the_page(app, visitor):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        number = cast.wish().number
    sign_in(visitor, clerk)
    for address in ("/admin", "/admin/wishes", f"/admin/wishes/{number}"):
        assert "2026年11月30日" in visitor.open(address), address


def test_an_overdue_wish_says_when_it_is_asked_after_again(app, visitor, clock):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        cast.wish(WishState.SUBMITTED)
        clock.advance(timedelta(days=8))
        tick()
    page = sign_in(visitor, clerk).open("/admin/wishes")
    assert "已逾期 2026年12月4日再催" in page


def test_staff_who_read_english_find_an_english_word_beside_what_families_wrote(app, new_visitor):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        number = cast.wish(item="电饭煲", category="home_appliance").number
        cast.wish(WishState.RECEIVED, item="电饭煲", category="home_appliance")
    english, chinese = sign_in(new_visitor("en"), clerk), sign_in(new_visitor(), clerk)
    for address in ("/admin", "/admin/wishes", f"/admin/wishes/{number}", f"/admin/wishes/{number}/verification"):
        page = english.open(address)
        assert "Rice cooker" in page, address
        assert '<span lang="zh-Hans">电饭煲</span>' in page.html.replace(' class="item-original"', ""), address
        assert "Rice cooker" not in chinese.open(address).html


def test_staff_who_read_english_find_the_public_english_of_size_and_reason(app, new_visitor):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        number, fresh = cast.wish(WishState.PUBLISHED).number, cast.wish().number
    english, chinese = sign_in(new_visitor("en"), clerk), sign_in(new_visitor(), clerk)
    original = '<span lang="zh-Hans">蓝色，高年级款</span>'
    for address in ("/admin/wishes", f"/admin/wishes/{number}"):
        assert "Blue, for older pupils" in english.open(address), address
        assert original not in chinese.open(address).html, address
    assert '<span class="item-original" lang="zh-Hans">蓝色，高年级款</span>' in english.page.html
    assert "a sturdy one would help" in english.page
    for address in (f"/admin/wishes/{fresh}", f"/admin/wishes/{fresh}/verification"):
        html = english.open(address).html
        assert original in html
        assert f'<span lang="zh-Hans">{cast.REASON}</span>' in html
