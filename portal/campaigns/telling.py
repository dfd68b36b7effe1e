"""What a campaign tells while it runs: updates with pictures, and corrections that leave the old words to be read.

Everything public was approved by a second person and holds nothing that must
never be public (PIPL 24); a change of what is public is a note for everybody
(Order 81).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select, update

from portal import clock
from portal.accounts.rules import Actor
from portal.audit import service as audit
from portal.campaigns.models import Campaign, CampaignPicture, CampaignUpdate, Correction
from portal.campaigns.rules import WRITERS, CampaignMovedOn, CampaignState, check_role
from portal.campaigns.service import check_approver, check_public, get_campaign, needed
from portal.campaigns.wording import about, named, update_subject, words_of
from portal.codes import new_public_id
from portal.db import Base, changed_rows, session, transaction
from portal.gate.rules import Text
from portal.gate.service import check_approved, check_published, check_written

WRITTEN, LIVE, REFUSED = "written", "live", "refused"
CORRECTION = "correction"

CORRECTABLE_FIELDS = (
    *("title", "summary", "story", "purpose", "beneficiaries", "area", "person_in_charge", "contact"),
    *("ways_to_give", "use", "fundraising_cost", "surplus_rule"),
)
"""Texts of an open campaign that are put right by a correction; numbers and dates are filed anew."""


class UpdateNotFound(LookupError):
    """There is no such update."""


class NotWaiting(Exception):
    """The text no longer waits to be decided on."""


class NothingChanged(ValueError):
    """A correction changes something."""


@dataclass(frozen=True, slots=True)
class News:
    """The words of an update in both languages."""

    title: str
    title_en: str
    body: str
    body_en: str


@dataclass(frozen=True, slots=True)
class NewPicture:
    """A picture that is kept already, and what it shows in words."""

    picture: str
    caption: str
    caption_en: str


@dataclass(frozen=True, slots=True)
class Note:
    """Why something public was changed, for everybody to read."""

    text: str
    text_en: str

    @property
    def words(self) -> list[Text]:
        """The note as a public text."""
        return [("campaign_corrections.note", self.text), ("campaign_corrections.note_en", self.text_en)]


@transaction
def write_update(
    actor: Actor, number: str, news: News, pictures: Sequence[NewPicture] = (), excuse: str | None = None
) -> str:
    """Write news that another person is to approve; return its public id.

    Raises NotAllowed, CampaignMovedOn, HoldsPersonalData, ExcuseNeeded, CampaignNotFound.
    """
    check_role(actor, WRITERS)
    campaign = get_campaign(number)
    check_public(campaign)
    row = CampaignUpdate(
        public_id=new_public_id(),
        campaign_id=campaign.id,
        status=WRITTEN,
        **asdict(news),
        written_by_id=actor.person_id,
        written_at=clock.now(),
    )
    session().add(row)
    session().flush()
    session().add_all(
        CampaignPicture(public_id=new_public_id(), update_id=row.id, position=position, **asdict(each))
        for position, each in enumerate(pictures, start=1)
    )
    check_written(actor, update_subject(number, row), update_words(row), excuse)
    audit.record(actor, "campaign.write_update", "campaign", number, after={"update": row.public_id})
    return row.public_id


@transaction
def approve_update(actor: Actor, public_id: str, excuse: str | None = None) -> None:
    """Publish news that another person wrote.

    Raises NotAllowed, OwnWork, NotWaiting, HoldsPersonalData, ExcuseNeeded, ModeratorNeeded, UpdateNotFound.
    """
    row = get_update(public_id)
    check_approver(actor, row.written_by_id)
    decide(CampaignUpdate, row.id, actor, status=LIVE, approved_by_id=actor.person_id, published_on=clock.today())
    check_approved(actor, update_subject(_number(row), row), update_words(row), excuse)
    audit.record(actor, "campaign.approve_update", "campaign", _number(row), after={"update": public_id})


@transaction
def refuse_update(actor: Actor, public_id: str, reason: str) -> None:
    """Give news back to whoever wrote it, with a reason.

    Raises NotAllowed, OwnWork, ReasonNeeded, NotWaiting, UpdateNotFound.
    """
    row = get_update(public_id)
    check_approver(actor, row.written_by_id)
    decide(CampaignUpdate, row.id, actor, status=REFUSED, decision_note=needed(reason))
    audit.record(actor, "campaign.refuse_update", "campaign", _number(row), after={"update": public_id})


@transaction
def correct_update(actor: Actor, public_id: str, news: News, note: Note, excuse: str | None = None) -> None:
    """Put published news right; the old words stay to be read beside the note.

    Raises NotAllowed, NotWaiting, ReasonNeeded, NothingChanged, HoldsPersonalData,
    ExcuseNeeded, ModeratorNeeded, UpdateNotFound.
    """
    check_role(actor, WRITERS)
    row = get_update(public_id)
    if row.status != LIVE:
        raise NotWaiting(public_id)
    campaign = session().get_one(Campaign, row.campaign_id)
    words = [*named("campaign_updates", asdict(news)), *note.words]
    check_published(actor, about(campaign.number, CORRECTION), words, excuse)
    correct(actor, campaign, "update", public_id, row, {name: asdict(news) for name in ("title", "body")}, note)


@transaction
def correct_plan(
    actor: Actor, number: str, field: str, text: str, text_en: str, note: Note, excuse: str | None = None
) -> None:
    """Put one text of a public campaign right; the old words stay to be read beside the note (Order 81).

    A change of purpose or use is filed with the bureau first (慈善法 56); the note says so.

    Raises NotAllowed, CampaignMovedOn, ReasonNeeded, NothingChanged,
    HoldsPersonalData, ExcuseNeeded, ModeratorNeeded, CampaignNotFound, KeyError
    for a field that is no such text.
    """
    check_role(actor, WRITERS)
    campaign = get_campaign(number)
    check_public(campaign)
    if campaign.state == CampaignState.CLOSED:
        raise CampaignMovedOn("a closed campaign stays as it is")
    if field not in CORRECTABLE_FIELDS:
        raise KeyError(field)
    words = [*named("campaigns", {field: text, f"{field}_en": text_en}), *note.words]
    check_published(actor, about(number, CORRECTION), words, excuse)
    correct(actor, campaign, "plan", number, campaign, {field: {field: text, f"{field}_en": text_en}}, note)


def correct(
    actor: Actor,
    campaign: Campaign,
    subject: str,
    subject_ref: str,
    row: Base,
    words: Mapping[str, Mapping[str, str]],
    note: Note,
) -> None:
    """Change texts of a row and keep what they were, inside the transaction of whoever asks.

    Raises ReasonNeeded, NothingChanged.
    """
    why, why_en = needed(note.text), needed(note.text_en)
    changed = [name for name, new in words.items() if _differs(row, name, new)]
    if not changed:
        raise NothingChanged
    for name in changed:
        session().add(
            Correction(
                campaign_id=campaign.id,
                subject=subject,
                subject_ref=subject_ref,
                field=name,
                before=getattr(row, name),
                before_en=getattr(row, f"{name}_en"),
                after=words[name][name],
                after_en=words[name][f"{name}_en"],
                note=why,
                note_en=why_en,
                person_id=actor.person_id,
                at=clock.now(),
            )
        )
        setattr(row, name, words[name][name])
        setattr(row, f"{name}_en", words[name][f"{name}_en"])
    audit.record(actor, "campaign.correct", "campaign", campaign.number, after={"changed": changed})


def update_words(row: CampaignUpdate) -> list[Text]:
    """Return the public words of an update, those under its pictures included."""
    return [*words_of(row), *(text for picture in list_pictures(row.id) for text in words_of(picture))]


def get_update(public_id: str) -> CampaignUpdate:
    """Return an update by its public id, for the verbs of this portal only.

    Raises UpdateNotFound.
    """
    row = session().scalar(select(CampaignUpdate).where(CampaignUpdate.public_id == public_id))
    if row is None:
        raise UpdateNotFound(public_id)
    return row


def list_pictures(update_id: int) -> list[CampaignPicture]:
    """Return the pictures of an update in their order."""
    query = select(CampaignPicture).where(CampaignPicture.update_id == update_id)
    return list(session().scalars(query.order_by(CampaignPicture.position)))


def find_picture(campaign_id: int, public_id: str) -> str | None:
    """Return the name of a picture of one of a campaign's updates, public or not."""
    return session().scalar(
        select(CampaignPicture.picture)
        .join(CampaignUpdate, CampaignUpdate.id == CampaignPicture.update_id)
        .where(CampaignUpdate.campaign_id == campaign_id, CampaignPicture.public_id == public_id)
    )


def decide(table: type[Base], key: int, actor: Actor, **values: object) -> None:
    """Decide on a text that waits and was written by somebody else, whatever was read before.

    Raises NotWaiting.
    """
    columns = table.__table__.c
    changed = changed_rows(
        update(table)
        .where(columns.id == key, columns.status == WRITTEN, columns.written_by_id != actor.person_id)
        .values(decided_at=clock.now(), **values)
        .execution_options(synchronize_session=False)
    )
    if changed != 1:
        raise NotWaiting(key)
    session().refresh(session().get_one(table, key))


def _differs(row: Base, name: str, new: Mapping[str, str]) -> bool:
    return (getattr(row, name), getattr(row, f"{name}_en")) != (new[name], new[f"{name}_en"])


def _number(row: CampaignUpdate) -> str:
    return session().get_one(Campaign, row.campaign_id).number
