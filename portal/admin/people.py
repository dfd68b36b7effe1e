"""Desk pages: who signs in, with which roles and where."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectChoice, SelectField, StringField

from portal.access import current_actor, staff
from portal.accounts import directory, second_factor, service
from portal.accounts.details import LONGEST_NAME
from portal.accounts.directory import NO_ROLE, PeopleFilters, PersonLine
from portal.accounts.forms import EMAIL_CHECK, LANGUAGE_CHOICES, at_most, needed, tidied
from portal.accounts.labels import ROLE_LABELS, ROLE_NOTES
from portal.accounts.queries import names_of
from portal.accounts.rules import CENTRE_ROLES, Actor, Grant, Role
from portal.accounts.service import EmailTaken, GrantWrong, LastAdministrator, OwnAccount, PersonNotFound
from portal.admin.blueprint import blueprint
from portal.admin.bulk import do_each
from portal.areas.queries import list_centres
from portal.audit import service as audit
from portal.spreadsheets.sending import check_ending, export_links, send_table
from portal.spreadsheets.tidying import tidy
from portal.web import as_key

ROLE_CHOICES = [
    SelectChoice("", lazy_gettext("请选择")),
    *(SelectChoice(str(role), label) for role, label in ROLE_LABELS.items()),
]
MARKS = ("after", "before")
BULK_ACTS: dict[str, Callable[[Actor, int], None]] = {
    "send_link": service.send_link_to_person,
    "disable": lambda actor, person_id: service.set_enabled(actor, person_id, False),
    "enable": lambda actor, person_id: service.set_enabled(actor, person_id, True),
}
"""What an administrator may do about several people at once."""

STATES = {"enabled": lazy_gettext("能登录"), "disabled": lazy_gettext("已停用")}


class GrantForm(FlaskForm):
    """One role, with the centre it holds for where it needs one."""

    role = SelectField(lazy_gettext("岗位"), [needed()], choices=ROLE_CHOICES)
    centre = SelectField(
        lazy_gettext("服务中心"),
        description=lazy_gettext("需求上报人和服务中心工作人员要选；其他岗位管全区，不用选。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [SelectChoice(str(centre.id), centre.label) for centre in list_centres()]
        self.centre.choices = [SelectChoice("", _("全区")), *places]

    def grant(self) -> Grant | None:
        """Return the grant that was chosen, or None with the problem beside its field."""
        role = Role(self.role.data)
        if role not in CENTRE_ROLES:
            return Grant(role)
        if not self.centre.data:
            self.centre.errors = [_("这个岗位要选一个服务中心。")]
            return None
        return Grant(role, int(self.centre.data))


class NewPersonForm(GrantForm):
    """Somebody new and their first role."""

    name = StringField(lazy_gettext("姓名"), [needed(), at_most(LONGEST_NAME)], filters=[tidied])
    email = EmailField(lazy_gettext("邮箱"), [needed(), EMAIL_CHECK])
    locale = SelectField(lazy_gettext("收邮件用的语言"), choices=LANGUAGE_CHOICES)


@blueprint.get("/people")
@staff(Role.ADMINISTRATOR)
def list_people() -> ResponseReturnValue:
    """List people, searched and filtered."""
    filters = _read_filters()
    found = directory.list_people(
        filters, after=request.args.get("after", type=as_key), before=request.args.get("before", type=as_key)
    )
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if name not in ("after", "before") and value
    }
    centres = list_centres(with_closed=True)
    return render_template(
        "admin/people.html",
        people=found.lines,
        filters=filters,
        chosen=len(kept) - ("q" in kept),
        role_options=_role_options(filters.role),
        centre_options=[
            {"value": centre.id, "label": centre.label, "selected": centre.id == filters.service_centre_id}
            for centre in centres
        ],
        state_options=[
            {"value": value, "label": label, "selected": value == filters.state} for value, label in STATES.items()
        ],
        grant_label=_labeller(),
        exports=export_links("admin.export_people", **kept),
        newer_url=url_for("admin.list_people", before=found.newer, **kept) if found.newer else None,
        older_url=url_for("admin.list_people", after=found.older, **kept) if found.older else None,
    )


@blueprint.get("/people/export.<ending>")
@staff(Role.ADMINISTRATOR)
def export_people(ending: str) -> Response:
    """Send the people one looks for as a spreadsheet."""
    check_ending(ending)
    audit.record(current_actor(), "list.export", "list", "people")
    label = _labeller()
    headers = [_("姓名"), _("邮箱"), _("岗位"), _("状态"), _("动态口令"), _("上次登录")]
    rows = (
        [
            person.name,
            person.email,
            _("、").join(label(grant) for grant in person.grants),
            STATES["enabled" if person.is_enabled else "disabled"],
            _factor_label(person),
            person.last_signed_in_at,
        ]
        for person in directory.iterate_people(_read_filters())
    )
    return send_table("people", _("人员"), headers, rows, ending)


@blueprint.post("/people")
@staff(Role.ADMINISTRATOR)
def act_on_people() -> ResponseReturnValue:
    """Do one act about all ticked people, each by itself; say about whom it could not be done."""
    act = BULK_ACTS.get(request.form.get("act", "")) or abort(400)
    picked, actor = request.form.getlist("pick", type=as_key), current_actor()
    done, left = do_each(picked, lambda key: act(actor, key), (PersonNotFound, OwnAccount, LastAdministrator))
    if not picked:
        flash(_("请先勾选。"), "warning")
    elif done:
        flash(ngettext("办好了 %(num)s 位。", "办好了 %(num)s 位。", len(done)), "success")
    if left:
        names = _("、").join(names_of(set(left)).values())
        flash(_("这几位没有改动：%(names)s。不能停用自己，也不能停用最后一位管理员。", names=names), "warning")
    return redirect(url_for("admin.list_people"), 303)


@blueprint.route("/people/new", methods=["GET", "POST"])
@staff(Role.ADMINISTRATOR)
def add_person() -> ResponseReturnValue:
    """Add somebody and send them a link to choose a password."""
    form = NewPersonForm()
    if form.validate_on_submit() and (grant := form.grant()):
        try:
            person_id = service.add_person(
                current_actor(), form.name.data, form.email.data, grants={grant}, locale=form.locale.data
            )
        except EmailTaken:
            form.email.errors = [_("这个邮箱已经有人用了。")]
        else:
            flash(_("已添加，设置密码的链接已发到 %(email)s。", email=form.email.data), "success")
            return redirect(url_for("admin.show_person", person_id=person_id))
    return render_template("admin/people_new.html", form=form, role_notes=_role_notes()), 422 if form.errors else 200


@blueprint.get("/people/<int:person_id>")
@staff(Role.ADMINISTRATOR)
def show_person(person_id: int) -> ResponseReturnValue:
    """Show one person and what an administrator may do about them."""
    return _person_page(person_id, GrantForm())


@blueprint.post("/people/<int:person_id>/roles")
@staff(Role.ADMINISTRATOR)
def grant_role(person_id: int) -> ResponseReturnValue:
    """Give a person one more role."""
    form = GrantForm()
    if not form.validate_on_submit() or (grant := form.grant()) is None:
        return _person_page(person_id, form)
    return _act(person_id, lambda: service.change_grants(current_actor(), person_id, add={grant}), _("岗位已授予。"))


@blueprint.post("/people/<int:person_id>/roles/revoke")
@staff(Role.ADMINISTRATOR)
def revoke_role(person_id: int) -> ResponseReturnValue:
    """Take one role from a person."""
    if request.form.get("role") not in set(Role):
        abort(400)
    grant = Grant(Role(request.form["role"]), request.form.get("centre", type=as_key))
    return _act(person_id, lambda: service.change_grants(current_actor(), person_id, remove={grant}), _("岗位已收回。"))


@blueprint.post("/people/<int:person_id>/enabled")
@staff(Role.ADMINISTRATOR)
def set_person_enabled(person_id: int) -> ResponseReturnValue:
    """Shut a person out, or let them in again."""
    is_enabled = request.form.get("enabled") == "yes"
    told = _("已恢复，可以登录了。") if is_enabled else _("已停用，并且在各处都退出了登录。")
    return _act(person_id, lambda: service.set_enabled(current_actor(), person_id, is_enabled), told)


@blueprint.post("/people/<int:person_id>/second-factor/reset")
@staff(Role.ADMINISTRATOR)
def reset_second_factor(person_id: int) -> ResponseReturnValue:
    """Take a person's second factor away, so that they enrol anew."""
    if person_id == current_actor().person_id:
        flash(_("不能重置自己的动态口令，请让另一位管理员来做。"), "warning")
        return redirect(url_for("admin.show_person", person_id=person_id))
    told = _("动态口令已重置，下次登录时重新绑定。")
    return _act(person_id, lambda: second_factor.reset_second_factor(current_actor(), person_id), told)


@blueprint.post("/people/<int:person_id>/password-link")
@staff(Role.ADMINISTRATOR)
def send_password_link(person_id: int) -> ResponseReturnValue:
    """Send a person a fresh link to choose a password."""
    return _act(person_id, lambda: service.send_link_to_person(current_actor(), person_id), _("链接已发出。"))


def _act(person_id: int, verb: Any, told: str) -> ResponseReturnValue:
    """Do something about a person and go back to their page; say why where it may not be done."""
    try:
        verb()
        flash(told, "success")
    except PersonNotFound:
        abort(404)
    except GrantWrong:
        abort(400)
    except OwnAccount:
        flash(_("不能停用自己，也不能收回自己的管理员岗位。请让另一位管理员来做。"), "warning")
    except LastAdministrator:
        flash(_("这是最后一位管理员，没有做任何改动。"), "warning")
    return redirect(url_for("admin.show_person", person_id=person_id))


def _person_page(person_id: int, form: GrantForm) -> ResponseReturnValue:
    person = directory.get_person_line(person_id)
    if person is None:
        abort(404)
    return render_template(
        "admin/people_show.html",
        person=person,
        is_self=person_id == current_actor().person_id,
        grants=_shown_grants(person),
        form=form,
        role_notes=_role_notes(),
    ), 422 if form.errors else 200


def _shown_grants(person: PersonLine) -> list[dict[str, Any]]:
    label = _labeller()
    return [
        {"label": label(grant), "role": grant.role, "centre": grant.service_centre_id or ""} for grant in person.grants
    ]


def _labeller() -> Any:
    """Return a function that names a grant with its centre."""
    names = {centre.id: centre.label for centre in list_centres(with_closed=True)}

    def label(grant: Grant) -> str:
        role = str(ROLE_LABELS[grant.role])
        if grant.service_centre_id is None:
            return role
        return _("%(role)s（%(centre)s）", role=role, centre=names.get(grant.service_centre_id, ""))

    return label


def _factor_label(person: PersonLine) -> str:
    if person.has_second_factor:
        return _("已绑定")
    return _("还没绑定") if person.needs_second_factor else _("不需要")


def _role_notes() -> list[dict[str, Any]]:
    return [{"label": ROLE_LABELS[role], "note": ROLE_NOTES[role]} for role in Role]


def _role_options(chosen: str) -> list[dict[str, Any]]:
    choices: dict[Any, Any] = {**ROLE_LABELS, NO_ROLE: lazy_gettext("没有岗位")}
    return [{"value": value, "label": label, "selected": value == chosen} for value, label in choices.items()]


def _read_filters() -> PeopleFilters:
    role, state = request.args.get("role", ""), request.args.get("state", "")
    return PeopleFilters(
        q=tidy(request.args.get("q", ""))[:60],
        role=role if role in {*Role, NO_ROLE} else "",
        service_centre_id=request.args.get("centre", type=as_key),
        state=state if state in STATES else "",
    )
