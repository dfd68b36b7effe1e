"""The people on a wish's way. Each does by the pages what such a person does there; none calls a verb.

Forms are found by what they are for, not by their words, so the same people
can read either language.
"""

import re
from collections.abc import Callable
from datetime import date

from flask import Flask

from portal.handover.rules import Answer, Fault, Settlement
from portal.households.models import ConsentUse
from portal.wishes.rules import WishAction
from tests.pledges.letterbox import letters, link_in
from tests.plumbing.forms import Form, PageReader
from tests.plumbing.visitor import Page, Upload, Visitor

LETTER = "[0-9A-HJKMNP-TV-Z]"
FAMILY_CODE = re.compile(rf"{LETTER}{{4}}(?:-{LETTER}{{4}}){{3}}-{LETTER}(?!{LETTER})")
WISH_NUMBER = re.compile(rf"(?<![\w-]){LETTER}{{7}}(?![\w-])", re.ASCII)
DROP_OFF_CODE = re.compile(rf"S{LETTER}{{3}}-{LETTER}{{4}}")
PICK_UP_CODE = re.compile(rf"Q{LETTER}{{3}}-{LETTER}{{4}}")
PLEDGE_PAGE = re.compile(r"/pledges/[0-9a-z]{10}-[0-9a-z]{20}$")


class Worker:
    """A member of staff at the desk."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    def open_wish(self, number: str) -> Page:
        """Open a wish's page on the desk."""
        return self.visitor.open(f"/admin/wishes/{number}")

    def _tick_all(self, address: str, verb: dict[str, str], pick: str = "pick") -> int:
        """Tick all that a page offers and do one act on it; return how many were ticked."""
        page = self.visitor.open(address)
        forms = [form for form in page.forms if pick in form.all_names()]
        if not forms:
            return 0
        ticked = [each.value for each in forms[0].fields if each.name == pick]
        [(_name, value)] = verb.items()
        self.visitor.submit({pick: ticked}, form=forms[0].action.split("?")[0], button=value)
        return len(ticked)


class Clerk(Worker):
    """A clerk of a service centre; an administrator can do the same with lists."""

    def take_in(self, data: bytes, name: str = "名单.xlsx") -> str:
        """Hand a list in, take it in as it was read, and return the address of its page."""
        self.visitor.open("/admin/imports")
        self.visitor.submit({"file": Upload(data, name)}, form="/admin/imports")
        return self.visitor.submit(form="/take-in").address

    def print_slips(self, address: str) -> dict[str, str]:
        """Print the slips of all centres of a list and return each family's code by the number of its wish."""
        page = self.visitor.open(address)
        centres = [form.values()["centre"] for form in page.forms if form.action.endswith("/slips")]
        codes: dict[str, str] = {}
        for [centre] in centres:
            page = self.visitor.open(address)
            form = next(each for each in page.forms if each.values().get("centre") == [centre])
            answer = self.visitor.client.post(form.action, data=form.values(), headers={"Referer": "http://localhost/"})
            assert answer.status_code == 200
            codes |= read_slips(answer.get_data(as_text=True))
        return codes

    def verify_all(self) -> None:
        """Verify what waits and has nothing against it, page by page of the list."""
        before = -1
        while (now := self._tick_all("/admin/wishes?state=submitted", {"verb": "verify"})) not in (0, before):
            before = now

    def decide(self, number: str, decision: WishAction, reason: str = "", status: int = 200) -> Page:
        """Decide about one wish that came in."""
        self.visitor.open(f"/admin/wishes/{number}/verification")
        return self.visitor.submit({"decision": decision, "reason": reason}, status=status)

    def record_consent(self, number: str, use: ConsentUse, word: str = "yes") -> Page:
        """Write down what a family said about one use."""
        page = self.visitor.open(f"/admin/wishes/{number}/family/consents")
        return _press_with(self.visitor, page, use=use, word=word)

    def check_document(self, number: str) -> bool:
        """Say that the document behind an ID number that two names share was seen; tell whether that was asked for."""
        page = self.open_wish(number)
        asked = [form.action for form in page.forms if form.action.endswith("/id-checked")]
        for action in asked:
            self.visitor.submit(form=action)
        return bool(asked)

    def show_code(self, code: str, status: int = 200) -> Page:
        """Type a code at the counter."""
        self.visitor.open("/admin/counter")
        return self.visitor.submit({"code": code}, status=status)

    def receive(self, code: str) -> Page:
        """Compare what somebody brought with the wish and take it in."""
        self.show_code(code)
        return self.visitor.submit({"item_matches": True, "is_new": True, "is_safe": True})

    def refuse(self, code: str, fault: Fault, note: str = "") -> Page:
        """Turn away what somebody brought."""
        page = self.show_code(code)
        self.visitor.open(page.address.replace("/receive", "/refuse"))
        return self.visitor.submit({"fault": fault, "note": note})

    def hand_over(self, code: str) -> Page:
        """Hand goods over by the family's pick-up code, typed at the counter."""
        self.show_code(code)
        return self.visitor.submit(form="/hand-over")

    def hand_over_signed(self, number: str) -> Page:
        """Hand goods over against a signature on paper."""
        self.visitor.open(f"/admin/wishes/{number}/hand-over")
        return self.visitor.submit({"is_signed": True})

    def send_home(self, number: str, deliverer_id: int) -> Page:
        """Give goods to a grid worker who brings them home."""
        self.visitor.open(f"/admin/wishes/{number}/delivery")
        return self.visitor.submit({"deliverer": deliverer_id})

    def arrange(self, number: str, day: date, time: str, place: str) -> Page:
        """Make an appointment for a service."""
        self.visitor.open(f"/admin/wishes/{number}/appointment")
        return self.visitor.submit({"day": day.isoformat(), "time": time, "place": place})

    def note_served(self, number: str) -> Page:
        """Note that a service was done."""
        return _press_own(self.visitor, self.visitor.open(f"/admin/wishes/{number}/served"))

    def settle(self, number: str, how: Settlement, note: str = "") -> Page:
        """Settle what a family says is not right."""
        self.visitor.open(f"/admin/wishes/{number}/settle")
        return self.visitor.submit({"how": how, "note": note})

    def answer_for_family(self, number: str, answer: Answer, note: str = "") -> Page:
        """Write down what a family said about what it got."""
        self.visitor.open(f"/admin/wishes/{number}/family/answer")
        return self.visitor.submit({"answer": answer, "note": note})


class GridWorker(Worker):
    """A grid worker with a phone."""

    def open_address(self, number: str) -> Page:
        """Open where the goods are to be brought."""
        self.visitor.open(f"/admin/deliveries/{number}")
        return self.visitor.submit(form="/address")

    def hand_over(self, number: str, code: str) -> Page:
        """Hand goods over at the door by the family's pick-up code."""
        self.visitor.open(f"/admin/wishes/{number}/hand-over")
        return self.visitor.submit({"code": code})


class Moderator(Worker):
    """A moderator of the district."""

    def write_all(self) -> None:
        """Write a public text wherever one is due: the composed one where nothing is missing in it."""
        while self._tick_all("/admin/publications", {"act": "write"}):
            pass
        while numbers := self._pile("/admin/publications"):
            for number in numbers:
                self.write(number)

    def approve_all(self, reason: str = "同类心愿常见，认不出是谁家") -> None:
        """Approve all texts that others wrote; what is marked, one by one and with a reason."""
        pile = "/admin/publications?pile=approve"
        while self._tick_all(pile, {"act": "approve"}):
            pass
        while numbers := self._pile(pile):
            for number in numbers:
                self.approve(number, reason)

    def _pile(self, address: str) -> list[str]:
        links = [link.address for link in self.visitor.open(address).links]
        return [link.split("/")[-2] for link in links if link.endswith("/publication")]

    def write(self, number: str, **words: str) -> Page:
        """Write a public text: the composed one, with what is missing in English filled in."""
        page = self.visitor.open(f"/admin/wishes/{number}/publication")
        form = next(form for form in page.forms if "reason_en" in form.all_names())
        composed = {name: value for name, [value] in form.values().items()}
        missing = [name for name in ("item", "size", "reason") if composed[name] and not composed[f"{name}_en"]]
        return self.visitor.submit({f"{name}_en": "As in Chinese" for name in missing} | words, button="save")

    def approve(self, number: str, reason: str = "", status: int = 200) -> Page:
        """Approve what another moderator wrote."""
        self.visitor.open(f"/admin/wishes/{number}/publication")
        return self.visitor.submit({"reason": reason}, button="approve", status=status)

    def resume(self, number: str) -> Page:
        """Show a suspended wish again with the text approved last."""
        self.open_wish(number)
        return self.visitor.submit(form="/hold", button=WishAction.RESUME)

    def close(self, number: str) -> Page:
        """Close a wish on its family's yes."""
        self.open_wish(number)
        return self.visitor.submit(form="/close")

    def close_all(self) -> None:
        """Close all wishes whose families said yes."""
        while self._tick_all("/admin/wishes?state=confirmed", {"verb": "close"}):
            pass


class Pledger:
    """Somebody who pledges wishes: a guest by mail, or a signed-in person; `pages` are the private addresses."""

    def __init__(self, visitor: Visitor, contact: str = "lin@example.org") -> None:
        self.visitor = visitor
        self.contact = contact
        self.pages: dict[str, str] = {}

    def choose(self, pasted: str) -> Page:
        """Paste numbers and read what is to be agreed to."""
        self.visitor.open("/pledges/new")
        return self.visitor.submit({"numbers": pasted}, form="add")

    def pledge_as_guest(self, app: Flask, *numbers: str) -> Page:
        """Pledge wishes and confirm by the link of the mail."""
        self.choose(" ".join(numbers))
        self.visitor.submit({"contact": self.contact, "agree": True}, form="promise")
        confirm = self.visitor.open(link_in(letters(app, self.contact)[-1]))
        return self._remember(self.visitor.submit(form=confirm.address))

    def begin_all(self, promise: str) -> Page:
        """Say for all wishes of a promise that the things are being got."""
        self.visitor.open(promise)
        return self.visitor.submit(form="/procure")

    def begin(self, number: str) -> Page:
        """Say that the thing is being got."""
        self.look(number)
        return self.visitor.submit(form="/procure")

    def propose_times(self, number: str, times: str) -> Page:
        """Say when a service could be done."""
        self.look(number)
        return self.visitor.submit({"times-times": times}, form="/times")

    def cancel(self, number: str) -> Page:
        """Give a wish back."""
        self.look(number)
        return self.visitor.submit(form="/cancel")

    def look(self, number: str) -> Page:
        """Open the private page of a pledge."""
        return self.visitor.open(self.pages[number])

    def drop_off_code(self, number: str) -> str:
        """Read the drop-off code on the private page."""
        return DROP_OFF_CODE.findall(self.look(number).text)[0]

    def _remember(self, promise: Page) -> Page:
        """Keep the private address of each pledge; the page names number and address in the same order.

        One wish alone is shown on its own page at once.
        """
        if PLEDGE_PAGE.search(promise.address):
            addresses = [promise.address]
        else:
            addresses = [link.address for link in promise.links if PLEDGE_PAGE.search(link.address)]
        self.pages |= dict(zip(WISH_NUMBER.findall(promise.text), addresses, strict=True))
        return promise


class Company(Pledger):
    """A signed-in member of a certified organisation."""

    def __init__(self, visitor: Visitor, organisation_id: int) -> None:
        super().__init__(visitor)
        self.organisation_id = organisation_id

    def pledge(self, pasted: str) -> Page:
        """Pledge a pasted list of numbers for the organisation."""
        self.choose(pasted)
        return self._remember(self.visitor.submit({"acting_for": self.organisation_id, "agree": True}, form="promise"))


class Family:
    """A family with the code on its slip."""

    def __init__(self, visitor: Visitor, code: str) -> None:
        self.visitor = visitor
        self.code = code

    def look(self) -> Page:
        """Enter by code and read where the wish stands."""
        self.visitor.open("/family")
        return self.visitor.submit({"code": self.code})

    def say(self, answer: Answer, note: str = "") -> Page:
        """Say whether all is well with what came."""
        self.look()
        self.visitor.open("/family/wish/answer")
        return self.visitor.submit({"answer": answer, "note": note})

    def ask_to_bring(self, note: str = "") -> Page:
        """Ask that the goods be brought home, and agree that a grid worker learns where that is."""
        self.look()
        page = self.visitor.open("/family/wish/collect")
        has_agreed = "may_share" not in page.form(None, {"way"}, None).all_names()
        return self.visitor.submit({"way": "home", "note": note} | ({} if has_agreed else {"may_share": True}))

    def consent(self, use: ConsentUse, word: str) -> Page:
        """Change one's mind about one use."""
        self.look()
        return _press_with(self.visitor, self.visitor.open("/family/wish/consents"), use=use, word=word)

    def withdraw(self) -> Page:
        """Take the wish back."""
        self.look()
        return _press_own(self.visitor, self.visitor.open("/family/wish/withdraw"))

    def pick_up_code(self) -> str:
        """Read the pick-up code on the page."""
        return PICK_UP_CODE.findall(self.look().text)[0]


def read_slips(page: str) -> dict[str, str]:
    """Return the family codes of printed slips by the numbers of their wishes."""
    slips = [PageReader(part).text for part in page.split('<section class="slip">')[1:]]
    return {WISH_NUMBER.findall(slip)[0]: FAMILY_CODE.findall(slip)[0] for slip in slips}


def _press_with(visitor: Visitor, page: Page, **fields: str) -> Page:
    """Press the one button whose form carries these hidden values."""
    return _send(visitor, page, lambda form: all(form.values().get(name) == [value] for name, value in fields.items()))


def _press_own(visitor: Visitor, page: Page) -> Page:
    """Press the button of the one form that a page sends to itself."""
    return _send(visitor, page, lambda form: form.method == "post" and not form.action)


def _send(visitor: Visitor, page: Page, fits: Callable[[Form], bool]) -> Page:
    [form] = [form for form in page.forms if fits(form)]
    answer = visitor.client.post(
        form.action or page.address, data=form.values(), headers={"Referer": f"http://localhost{page.address}"}
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
    return visitor.open(answer.headers["Location"])
