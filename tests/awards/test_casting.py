"""Casting: each ballot once, whatever comes twice or at once; who is written to; whom a pass lets in."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import casting, delegates, editions, elections, links, mails, notices, own_ballots, passes, roll
from awards.casting import CastBefore, FormDamaged, NoBallot, Receipt, VoteOver
from awards.delegates import Named
from awards.envelopes import NotOpen
from awards.extensions import begin_writing, db
from awards.models import (
    AuditEvent,
    Ballot,
    ElectionState,
    Entitlement,
    Envelope,
    Judge,
    Outbox,
    OutboxState,
    PassBy,
    RollEntry,
    RollState,
)
from awards.notices import Template
from judging.ballot import Choice
from tests.awards.contest import Contest
from tests.awards.play import NOW

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ONE_CHOICE = '\n[vote]\nelectorate = "public"\nmethod = "one_choice"\n'
ELECTORS = ("one", "two", "three")
FORM = "a secret of sixteen and more"


@pytest.fixture
def contest(session: scoped_session[Session], tmp_path: Path) -> Contest:
    return opened(session, tmp_path)


def opened(session: Session | scoped_session[Session], folder: Path) -> Contest:
    contest = Contest(session, folder, more=ONE_CHOICE)
    contest.enrol(*((it, it.title(), f"{it}@electors.example", "") for it in ELECTORS))
    return contest.opened()


def elector(name: str) -> RollEntry:
    return db.session.scalars(select(RollEntry).where(RollEntry.elector == name)).one()


def cast(contest: Contest, name: str, *choice: str, form: str = FORM, **more: object) -> Receipt:
    found = casting.cast(
        db.session(),
        contest.edition,
        elector(name),
        {"services": choice},
        form=form,
        nonces={"services": f"nonce of {form}"},
        now=contest.now,
        **more,  # type: ignore[arg-type]
    )
    return found["services"]


def test_the_same_form_has_one_receipt_and_any_other_is_told_the_hour(contest: Contest) -> None:
    events = len(db.session.scalars(select(AuditEvent)).all())
    first, again = cast(contest, "one", "SV-1"), cast(contest, "one", "SV-1")

    assert len(db.session.scalars(select(AuditEvent)).all()) == events
    for choice, form in (("SV-2", FORM), ("SV-1", f"{FORM} too")):
        with pytest.raises(CastBefore) as told:
            cast(contest, "one", choice, form=form)
        assert told.value.hours == {"services": NOW.replace(minute=0)}
    assert (first.again, again.again) == (False, True)
    assert first.commitment == again.commitment
    assert first.cast_at == NOW.replace(minute=0)
    contest.close()
    assert cast(contest, "one", "SV-1").commitment == first.commitment
    assert db.session.scalars(select(Ballot.commitment)).all() == [first.commitment]


@ON_SQLITE
def test_electors_who_send_one_anothers_form_spoil_nothing(contest: Contest) -> None:
    """The box can't be opened where two ballots are the same to the last bit."""
    receipts = {cast(contest, name, "SV-1").commitment for name in ELECTORS}

    contest.close()

    assert set(db.session.scalars(select(Ballot.commitment))) == receipts
    assert len(receipts) == 3


@ON_SQLITE
def test_what_can_t_be_cast_leaves_nothing_in_the_box(contest: Contest) -> None:
    session = db.session()
    entitlement = session.scalars(
        select(Entitlement).where(Entitlement.roll_entry_id == elector("two").id)
    ).one()
    entitlement.withheld_because = "declared"
    contest.closes_at(NOW + timedelta(hours=1))
    entry, late = elector("one"), NOW + timedelta(minutes=70)
    both: Mapping[str, Choice] = {"services": ("SV-1",), "openness": ()}

    elector("three").state = RollState.OUT
    for nobody in ("two", "three"):
        with pytest.raises(NoBallot):
            cast(contest, nobody, "SV-1")
    elector("three").state = RollState.ON
    with pytest.raises(FormDamaged):
        cast(contest, "one", "SV-1", form="short")
    with pytest.raises(casting.ChoiceRefused):
        cast(contest, "one", "SV-1", "SV-2")
    with pytest.raises(NoBallot):
        casting.cast(
            session, contest.edition, entry, both, form=FORM, nonces=dict.fromkeys(both, FORM), now=NOW
        )
    contest.now = late
    with pytest.raises(VoteOver):
        cast(contest, "one", "SV-1")
    with pytest.raises(VoteOver):
        cast(contest, "one", "SV-1", opened=NOW + timedelta(minutes=65))
    assert session.scalars(select(Envelope)).all() == []
    cast(contest, "one", "SV-1", opened=NOW)
    contest.close()
    with pytest.raises(NotOpen):
        cast(contest, "three", "SV-1", opened=NOW)


def test_a_vote_held_again_and_a_run_off_have_ballots_of_their_own(contest: Contest) -> None:
    session, entry = db.session(), elector("one")
    first = cast(contest, "one", "SV-1")
    contest.closes_at(NOW + timedelta(hours=1))
    contest.election().state = ElectionState.CLOSED
    later = NOW + timedelta(days=1)
    election = elections.open_runoff(
        session,
        contest.edition,
        "services",
        ["SV-1", "SV-2"],
        key_folder=contest.keys,
        actor=contest.actor,
        now=later,
    )

    paper = own_ballots.papers(session, contest.edition, entry, now=later)["services"]
    elections.of_category(session, contest.edition, "services")[0].state = ElectionState.VOID
    again = own_ballots.papers(session, contest.edition, entry, now=later)["services"]
    contest.now = later
    second = cast(contest, "one", "SV-1")

    assert (paper.election, paper.is_open, paper.closes, paper.again) == (election, True, None, False)
    assert set(paper.slate) == {"SV-1", "SV-2"}
    assert again.again
    assert (second.again, second.commitment == first.commitment) == (False, False)


@ON_SQLITE
def test_a_pass_lets_in_until_it_is_ended_unused_or_its_elector_leaves_the_roll(contest: Contest) -> None:
    session, entry = db.session(), elector("one")
    token = passes.admit(session, entry, PassBy.LINK, now=NOW)
    found = passes.find(session, token, now=NOW)
    assert found is not None

    assert found.made_at == found.seen_at == NOW.replace(minute=0)
    assert passes.find(session, token, now=NOW + passes.IDLE) is None
    assert passes.find(session, "another", now=NOW) is None
    passes.touch(found, NOW + timedelta(hours=11))
    assert passes.find(session, token, now=NOW + passes.IDLE) is not None
    entry.state = RollState.OUT
    session.flush()
    assert passes.find(session, token, now=NOW) is None
    entry.state = RollState.ON
    passes.end(found, now=NOW)
    with pytest.raises(passes.PassEnded):
        cast(contest, "one", "SV-1", by=found)


@ON_SQLITE
def test_electors_are_written_to_with_a_link_of_their_own_that_works_until_another_is_named(
    contest: Contest,
) -> None:
    session, now = db.session(), NOW
    elector("three").email = "two@electors.example"
    entries = session.scalars(select(RollEntry).order_by(RollEntry.id)).all()

    written = passes.invite(session, contest.edition, entries, actor=contest.actor, now=now)
    passes.invite(session, contest.edition, written, again=True, actor=contest.actor, now=now)
    first, again = session.scalars(select(Outbox).order_by(Outbox.id)).all()
    mail = mails.compose(
        session, first, url="https://x.example", sender="a@x.example", actor=contest.actor, now=now
    )
    text = mail.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    token = text.partition("/en/vote/link/")[2].split()[0]

    assert [it.elector for it in written] == ["one"]
    assert "can still vote" in notices_subject(again, contest)
    assert passes.of_link(session, token, now=now).elector == "one"
    assert passes.of_link(session, token, now=now).elector == "one"
    assert token not in mail.logged
    elector("one").email = "successor@electors.example"
    assert notices.drop_if_moot(session, again)
    assert again.state is OutboxState.CANCELLED
    elector("one").state = RollState.OUT
    with pytest.raises(links.LinkExpired):
        passes.of_link(session, token, now=now)


@ON_SQLITE
def test_whoever_is_named_while_the_vote_is_open_gets_the_ballot_by_mail(contest: Contest) -> None:
    session, act = db.session(), {"actor": contest.actor, "now": NOW}
    delegates.replace(session, contest.edition, elector("one"), Named("Ada", "ada@electors.example"), **act)
    shared = Named("Two again", "three@electors.example")
    delegates.replace(session, contest.edition, elector("two"), shared, **act)
    query = select(Outbox.recipient).where(Outbox.template == Template.BALLOT.value)
    assert session.scalars(query).all() == ["ada@electors.example"]

    cast(contest, "three", "SV-1")
    contest.close()
    with pytest.raises(roll.VoteClosed):
        delegates.replace(session, contest.edition, elector("one"), shared, **act)


def notices_subject(message: Outbox, contest: Contest) -> str:
    mail = mails.compose(
        db.session(), message, url="https://x.example", sender="a@x.example", actor=contest.actor, now=NOW
    )
    return str(mail.message["Subject"])


class Waiting(dict[str, str]):
    """The nonces of a form, which are asked for once everything has been read: then the others are waited for."""

    def __init__(self, gate: Barrier) -> None:
        super().__init__({"services": FORM})
        self.gate, self.asked = gate, False

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
        if not self.asked:
            self.asked = True
            self.gate.wait(20)
        return super().get(key, default)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("other", ["this form", "that form"], ids=["same", "other"])
def test_ballots_that_come_at_once_are_one(app: Flask, tmp_path: Path, other: str) -> None:
    """Both forms find nothing in the box, then each puts its ballot in."""
    with app.app_context():
        begin_writing()
        edition = opened(db.session, tmp_path).edition.key
        db.session.commit()
    gate, forms = Barrier(2), ("this form", other)

    def send(form: str) -> str:
        with app.app_context():
            begin_writing()
            here, entry = editions.find(db.session(), edition), elector("one")
            try:
                found = casting.cast(
                    db.session(),
                    here,
                    entry,
                    {"services": ("SV-1",)},
                    form=f"{FORM} {form}",
                    nonces=Waiting(gate),
                    now=NOW,
                )
            except CastBefore:
                return "before"
            db.session.commit()
            return found["services"].commitment

    with ThreadPoolExecutor(2) as pool:
        answers = [it.result(60) for it in [pool.submit(send, form) for form in forms]]

    with app.app_context():
        assert len(db.session.scalars(select(Envelope)).all()) == 1
    assert len(set(answers)) == len(set(forms))
    assert ("before" in answers) == (len(set(forms)) == 2)


@ON_SQLITE
def test_a_judge_is_written_to_in_their_own_language(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = Contest(session, tmp_path).opened()
    entries = session.scalars(select(RollEntry).order_by(RollEntry.id)).all()
    session.get_one(Judge, entries[0].judge_id).account.language = "ko"

    passes.invite(session(), contest.edition, entries, actor=contest.actor, now=NOW)

    sent = session.scalars(select(Outbox).where(Outbox.template == Template.BALLOT.value))
    assert [it.language for it in sent] == ["ko", "en", "en", "en"]
