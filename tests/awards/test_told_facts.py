"""Every act that people are told of, played through its use case: its mail says every fact, in both languages."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    amendments,
    appeals,
    assignments,
    briefing,
    dates,
    disqualifying,
    editions,
    invitations,
    mails,
    moving,
    releasing,
    reminders,
    returning,
    screening,
    submitting,
    withdrawing,
)
from awards.audit import Actor
from awards.models import Assignment, Nomination, Outbox, RulesDocument
from awards.notices import Template
from awards.programmes import Loaded, Loading
from awards.timetable import Moment, Phase
from judging.values import Json
from tests.awards.builders import NOW, edition_of, move, operator
from tests.awards.desks import draft_of
from tests.awards.play import Play, entry, judge
from tests.awards.writing_a_nomination import CLOSES, Desk
from tests.web import desk as screeners
from tests.web.world import NOW as THEN

Work = scoped_session[Session]
URL = "https://awards.example.org"
LOCAL = datetime(2026, 5, 20, 23, 59)  # noqa: DTZ001 (the zone stands beside it)
WHY = "The power was out in the whole district."

pytestmark = [
    pytest.mark.usefixtures("compiled"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def receipt(session: Work) -> None:
    Desk(session).submitted()


def withdrawn(session: Work) -> None:
    desk = Desk(session)
    withdrawing.withdraw(session(), desk.submitted(), reason=WHY, actor=desk.officer, now=NOW)


def late_kept(session: Work) -> None:
    desk = Desk(session)
    submitting.ask_for_late(
        session(), desk.draft(), reason=WHY, actor=desk.officer, now=CLOSES + timedelta(hours=2)
    )


def late_decided(session: Work, *, accepted: bool) -> None:
    desk = Desk(session)
    later = CLOSES + timedelta(hours=2)
    asked = submitting.ask_for_late(session(), desk.draft(), reason="Late.", actor=desk.officer, now=later)
    move(session, desk.edition, Phase.SCREENING, desk.operator)
    submitting.decide_late(
        session(), asked, accepted=accepted, reason=WHY, actor=desk.operator, now=later + timedelta(days=1)
    )


def reminded(session: Work) -> None:
    desk = Desk(session)
    desk.write(desk.begin(), title="Buses that say when they come")
    reminders.remind(session(), now=CLOSES - timedelta(days=1))


def changed(session: Work) -> None:
    desk = Desk(session)
    desk.write(desk.submitted(), title="Buses that say when they come and go")
    reminders.remind(session(), now=CLOSES - timedelta(days=1))


def stated(session: Work, *, before: bool) -> None:
    """The close of nominations is moved, or stated for the first time."""
    if before:
        desk = Desk(session)
        desk.draft()
        actor, edition = desk.operator, desk.edition
    else:
        actor = operator(session)
        edition = edition_of(session, actor)
        draft_of(session, edition, "officer@city.example")
    moment = Moment.NOMINATIONS_CLOSE
    dates.state(session(), edition, moment, LOCAL, zone="Asia/Seoul", reason=WHY, actor=actor, now=NOW)


def amended(session: Work) -> None:
    desk = Desk(session)
    desk.draft()
    rules = session.scalars(select(RulesDocument)).one()
    loaded = Loaded(desk.edition, Loading.AMENDED, 2, rules.sha256)
    amendments.announce(session(), loaded, reason=WHY, actor=desk.operator, now=NOW)


def screened(session: Work, **said: Json) -> tuple[screeners.Field, Nomination]:
    field = screeners.open_field(session())
    return field, field.nominate("OC-01", **said)


def returned(session: Work) -> None:
    field, nomination = screened(session)
    returning.send_back(
        session(), field.edition, nomination, named=["summary", "problem"], note=WHY, local=LOCAL,
        zone="Asia/Seoul", actor=field.person(screeners.ADA), now=THEN,
    )  # fmt: skip


def decided(session: Work, *, eligible: bool) -> screeners.Field:
    field, _ = screened(session, **({} if eligible else {"results": []}))
    screening.decide(
        session(), field.edition, "OC-01", eligible=eligible, reason=WHY,
        actor=field.person(screeners.ADA), now=THEN,
    )  # fmt: skip
    releasing.release(session(), field.edition, [1], actor=field.person(screeners.CY), now=THEN)
    return field


def appealed(session: Work) -> tuple[screeners.Field, appeals.Appeal]:
    field = decided(session, eligible=False)
    writer = field.writer("OC-01")
    nomination = screening.nominations.find(session(), field.edition, "OC-01")
    made = appeals.lodge(
        session(), field.edition, nomination, text="The figures are public.",
        actor=Actor(account=writer, real=writer), now=THEN,
    )  # fmt: skip
    return field, made


def ruled(session: Work, *, upheld: bool) -> None:
    field, made = appealed(session)
    appeals.decide(
        session(), field.edition, made, upheld=upheld, reason=WHY, actor=field.person(screeners.BO), now=THEN
    )


def recategorised(session: Work) -> None:
    field, nomination = screened(session)
    asked = moving.ask(
        session(), field.edition, nomination, "services", reason=WHY,
        actor=field.person(screeners.ADA), now=THEN,
    )  # fmt: skip
    invitations.answer(session(), asked, accepted=True, account=field.writer("OC-01"), now=THEN)


def given_out(session: Work) -> Play:
    """Two nominations for one judge, marks due on a stated day, and the judge told."""
    play = Play(session(), Path("unused"))
    play.nominate(entry("N1"), entry("N2"))
    play.seat(judge("ada"))
    play.assign()
    editions.set_moment(
        session(), play.edition, Moment.MARKS_CLOSE, LOCAL, zone="Asia/Seoul", actor=play.actor, now=play.now
    )
    briefing.tell(session(), play.edition, actor=play.actor, now=play.now)
    return play


def taken_back(session: Work) -> None:
    play = given_out(session)
    one = session.scalars(select(Assignment).order_by(Assignment.id)).first()
    assert one is not None
    assignments.release(
        session(), play.edition, one.judge, [one], reason=WHY, actor=play.actor, now=play.now
    )  # fmt: skip


def thrown_out(session: Work) -> None:
    """Disqualified after the close; its writer is somebody who has a mail address."""
    play = given_out(session)
    writer = session.scalars(select(Assignment)).first()
    assert writer is not None
    play.nomination("N1").nominator_id = writer.judge.account_id
    play.mark(*(("ada@example.org", name, "7", "7", "") for name in ("N1", "N2")))
    play.close()
    disqualifying.disqualify(
        session(), play.edition, play.nomination("N1"), reason=WHY, actor=play.actor, now=play.now
    )


BUSES = "Buses that say when they come"
ACTS: Mapping[str, tuple[Template, Callable[[Work], object], tuple[str, ...]]] = {
    "receipt": (Template.RECEIPT, receipt, (BUSES, "2026", "/receipt/")),
    "withdrawn": (Template.WITHDRAWN, withdrawn, (BUSES, WHY, "Officer Example")),
    "late kept": (Template.LATE_KEPT, late_kept, (BUSES, WHY)),
    "late accepted": (Template.LATE_DECIDED, lambda it: late_decided(it, accepted=True), (BUSES, WHY)),
    "late refused": (Template.LATE_DECIDED, lambda it: late_decided(it, accepted=False), (BUSES, WHY)),
    "reminder": (Template.REMINDER, reminded, (BUSES, "23:59", "Problem", "Declaration")),
    "changes": (Template.UNSUBMITTED_CHANGES, changed, ("come and go", "23:59")),
    "close moved": (
        Template.DATE_MOVED,
        lambda it: stated(it, before=True),
        (WHY, "2026", "20", "10", "23:59", "/2026/"),
    ),
    "date stated": (Template.DATE_MOVED, lambda it: stated(it, before=False), (WHY, "20", "23:59")),
    "amended": (Template.RULES_AMENDED, amended, (WHY, "2", "/2026/rules")),
    "returned": (Template.RETURNED, returned, ("Project OC-01", "OC-01", WHY, "23:59", "20", "1")),
    "eligible": (Template.ELIGIBLE, lambda it: decided(it, eligible=True), ("Project OC-01", "1")),
    "ineligible": (
        Template.INELIGIBLE,
        lambda it: decided(it, eligible=False),
        ("Project OC-01", WHY, "23:59", "18"),
    ),
    "appeal": (Template.APPEAL_RECEIVED, appealed, ("Project OC-01", "OC-01", "1", "18:00")),
    "upheld": (Template.APPEAL_DECIDED, lambda it: ruled(it, upheld=True), ("Project OC-01", WHY, "2")),
    "not upheld": (Template.APPEAL_DECIDED, lambda it: ruled(it, upheld=False), ("Project OC-01", WHY, "2")),
    "category": (Template.CATEGORY_MOVE, recategorised, ("Project OC-01", WHY)),
    "assigned": (
        Template.ASSIGNED,
        given_out,
        ("2", "Small Prize", "2026", "20", "23:59", "/judging/small-prize/"),
    ),
    "taken back": (Template.RELEASED, taken_back, ("N1", WHY)),
    "disqualified": (Template.DISQUALIFIED, thrown_out, ("Project N1", "N1", WHY)),
}
KEYS = re.compile(
    r"None|\bnominations_close\b|\bceremony\b|\bfield_missing\b|\bsummary\b|\bproblem\b|\bresults\b|\bdeclaration\b"
    r"|organisation_name|\bopen-city\b|\bservices\b|%\(|draft-|\{|\}"
)
"""What stands in no mail: nothing for something, and keys that are the program's own."""


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("act", ACTS)
def test_a_mail_says_every_fact_of_its_act(session: Work, act: str, language: str) -> None:
    template, play, facts = ACTS[act]
    play(session)
    message = session.scalars(
        select(Outbox).where(Outbox.template == template.value).order_by(Outbox.id.desc())
    ).first()
    assert message is not None
    message.language = language

    subject, text = mails.preview(session(), message, url=URL)

    told = "".join(sign for sign in f"{subject}\n{text}" if sign not in "\u2060\u2068\u2069")
    said = told.replace(URL, "")
    assert [fact for fact in facts if fact not in told] == []
    assert KEYS.findall(re.sub(r"(?m)^/\S*$", "", said)) == []
    if language == "ko":
        assert any("가" <= sign <= "힣" for sign in subject)
    stated = [str(message.arguments.get(key, "")) for key in ("title", "reference", "sha256")]
    assert [it for it in stated if it not in told] == []


TO_THE_PANEL = (
    Template.REOPENING, Template.JUDGE_REMINDER, Template.WAIVER_ASKED, Template.JUDGE_ANSWERED,
    Template.JUDGE_LEFT, Template.PANEL_LOST, Template.SHEET_TYPED, Template.FURTHER_READING,
    Template.ROOM_OPENED,
)  # fmt: skip
"""Messages to those who judge and run the round, told of in tests of theirs."""
TO_ELECTORS = (
    Template.BALLOT, Template.CITIZEN, Template.DELEGATE_ASKED, Template.DELEGATE_NAMED, Template.DELEGATE_ENDED,
    Template.DELEGATE_RECORDED, Template.ENVELOPE_STRUCK, Template.DISPUTE_RAISED, Template.DISPUTE_DECIDED,
    Template.HOLDER_ASKED,
)  # fmt: skip
"""Messages about the vote, told of in test_electors, polls, casting, striking, keys_shared and web/test_public_vote."""
AT_THE_RELEASE = (
    Template.WON, Template.WON_TAKEN_BACK, Template.RESULT, Template.TAKEN_DOWN, Template.PUT_BACK,
    Template.PRIZE_ANSWERED, Template.CONSENT_CHANGED,
)  # fmt: skip
"""What test_release and test_consents tell."""
TO_THE_PRESS = (Template.PRESS_INVITED, Template.PRESS_TAKEN_BACK, Template.PRESS_ENDED)
"""What tests/web/test_press.py tells."""
OF_CERTIFICATES = (Template.CERTIFICATE_REVOKED, Template.CERTIFICATE_REISSUED)
"""What test_issuing tells."""
AFTER_THE_RELEASE = (
    Template.PRIZE_REVOKED, Template.PRIZE_MOVED, Template.PRIZE_CORRECTED, Template.RESULT_MENDED,
    Template.FEEDBACK, Template.COMMENT_KEPT_BACK,
)  # fmt: skip
"""What test_mending and test_feedback tell."""
ANNOUNCED = (Template.FINALIST, Template.NOT_SHORTLISTED)
"""What tests/web/test_announcing.py tells."""


def test_every_message_about_a_nomination_is_played(session: Work) -> None:
    about = {
        it
        for it in Template
        if it
        not in (
            Template.SIGN_IN, Template.SIGN_UP, Template.NO_ACCOUNT,
            Template.ADDRESS_CONFIRM, Template.INVITATION, Template.ANSWERED,
            *TO_THE_PANEL, *TO_ELECTORS, *AT_THE_RELEASE, *ANNOUNCED, *TO_THE_PRESS, *OF_CERTIFICATES,
            *AFTER_THE_RELEASE,
        )
    }  # fmt: skip

    assert {template for template, _play, _facts in ACTS.values()} == about
