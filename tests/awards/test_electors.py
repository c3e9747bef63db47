"""The roll: who is in, who is out and why; delegates and codes; frozen with its hash."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    codes,
    decisions,
    delegates,
    delegations,
    elections,
    electors,
    enrolment,
    links,
    roll,
)
from awards.delegates import Named
from awards.models import (
    DecisionKind,
    Delegate,
    Entitlement,
    Judge,
    JudgeState,
    LinkPurpose,
    Membership,
    OneTimeLink,
    Organisation,
    Outbox,
    OutboxState,
    PassBy,
    RollEntry,
    VotingCode,
    VotingPass,
)
from awards.sessions import digest
from awards.tables import FileRefused, Reason
from tests.awards.contest import Contest, member
from tests.awards.play import table

Database = Session | scoped_session[Session]

MEMBERS = '\n[vote]\nelectorate = "members"\nmethod = "one_choice"\nquorum = "1/3"\n'
ADA, BEA = Named("Ada Example", "ada@porto.example"), Named("Bea Example", "bea@porto.example", "Clerk", "ko")
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def contest(session: scoped_session[Session], tmp_path: Path) -> Contest:
    return association(session, tmp_path)


def association(session: scoped_session[Session], folder: Path, more: str = "") -> Contest:
    """An association of three full-member governments, an associate and a company, before anything is judged."""
    contest = Contest(session, folder, more=MEMBERS + more)
    for name, country in (("Porto", "PT"), ("Hanoi", "VN"), ("Seoul", "KR")):
        member(session, name, country=country, names={"ko": f"{name} 시"})
    member(session, "Far City", country="KR").membership = Membership.ASSOCIATE
    member(session, "Good Company", kind="corporation", country="KR")
    return contest


def build(contest: Contest) -> electors.Plan:
    return electors.build(
        contest.session, contest.edition, as_of=contest.now.date(), actor=contest.actor, now=contest.now
    )


def entry(contest: Contest, elector: str) -> RollEntry:
    return contest.session.scalars(select(RollEntry).where(RollEntry.elector == elector)).one()


def name(contest: Contest, named: Named, elector: str = "Porto", **more: object) -> Delegate:
    return delegates.replace(
        contest.session,
        contest.edition,
        entry(contest, elector),
        named,
        actor=contest.actor,
        now=contest.now,
        **more,  # type: ignore[arg-type]
    )


def freeze(contest: Contest) -> None:
    roll.freeze(contest.session, contest.edition, actor=contest.actor, now=contest.now)


def state(contest: Contest) -> dict[str, str]:
    found = roll.of_edition(contest.session, contest.edition)
    return {it.elector: it.reason or it.state.value for it in found}


def mails(contest: Contest) -> list[tuple[str, str]]:
    found = contest.session.scalars(select(Outbox).order_by(Outbox.id))
    return [(it.template, it.recipient) for it in found if it.state is not OutboxState.CANCELLED]


def test_full_member_governments_are_on_the_roll_and_others_off_it_with_the_reason(contest: Contest) -> None:
    build(contest)

    assert state(contest) == {
        "Porto": "on",
        "Hanoi": "on",
        "Seoul": "on",
        "Far City": "associate",
        "Good Company": "no_government",
    }
    built = electors.built(contest.session, contest.edition)
    assert built is not None
    assert built.subject == {"act": "built", "as_of": "2026-05-04", "on": 3, "left": []} | {
        "as_of": contest.now.date().isoformat()
    }
    with pytest.raises(electors.DateAhead):
        electors.build(
            contest.session,
            contest.edition,
            as_of=contest.now.date() + timedelta(days=1),
            actor=contest.actor,
            now=contest.now,
        )


@SQLITE
def test_building_again_follows_the_register_and_leaves_what_a_person_decided(contest: Contest) -> None:
    build(contest)
    act = {"actor": contest.actor, "now": contest.now}
    electors.take_off(
        contest.session, contest.edition, entry(contest, "Seoul"), reason="It has asked.", **act
    )
    hanoi = contest.session.scalars(select(Organisation).where(Organisation.name == "Hanoi")).one()
    hanoi.membership = Membership.ASSOCIATE
    far = contest.session.scalars(select(Organisation).where(Organisation.name == "Far City")).one()
    far.membership = Membership.FULL

    build(contest)

    assert state(contest) == {
        "Porto": "on",
        "Hanoi": "associate",
        "Seoul": "It has asked.",
        "Far City": "on",
        "Good Company": "no_government",
    }
    with pytest.raises(electors.OutByRule):
        electors.put_back(contest.session, contest.edition, entry(contest, "Hanoi"), reason="Please.", **act)
    electors.put_back(contest.session, contest.edition, entry(contest, "Seoul"), reason="A mistake.", **act)
    assert state(contest)["Seoul"] == "on"
    assert not electors.plan(contest.session, contest.edition).is_new


@SQLITE
def test_a_frozen_roll_changes_only_its_delegates_and_anybody_can_hash_it(contest: Contest) -> None:
    with pytest.raises(roll.RollEmpty):
        freeze(contest)
    build(contest)
    freeze(contest)
    frozen = contest.edition.roll_sha256

    name(contest, ADA)
    with pytest.raises(roll.RollFrozen):
        build(contest)
    with pytest.raises(roll.RollFrozen):
        contest.enrol(("Porto", "Ada", "ada@porto.example", ""))
    with pytest.raises(roll.RollFrozen):
        electors.take_off(
            contest.session,
            contest.edition,
            entry(contest, "Seoul"),
            reason="Late.",
            actor=contest.actor,
            now=contest.now,
        )

    assert hashlib.sha256(roll.document(contest.session, contest.edition)).hexdigest() == frozen
    (decision,) = decisions.of_edition(contest.session, contest.edition, DecisionKind.ROLL_FROZEN)
    assert decision.subject == {"sha256": frozen, "electors": 3, "electorate": "members"}
    assert decision.names == {"electors": ["Hanoi", "Porto", "Seoul"]}


@SQLITE
def test_a_freeze_is_taken_back_with_a_reason_until_the_vote_opens(contest: Contest) -> None:
    build(contest)
    freeze(contest)
    act = {"actor": contest.actor, "now": contest.now}
    with pytest.raises(decisions.ReasonMissing):
        roll.thaw(contest.session, contest.edition, reason=" ", **act)
    roll.thaw(contest.session, contest.edition, reason="Far City was admitted last week.", **act)
    freeze(contest)
    contest.opened()

    with pytest.raises(roll.VoteOpened):
        roll.thaw(contest.session, contest.edition, reason="Too late.", **act)


@SQLITE
def test_who_leaves_the_roll_before_the_opening_has_no_ballot_and_does_not_count_for_the_quorum(
    contest: Contest,
) -> None:
    build(contest)
    contest.shortlisted()
    act = {"actor": contest.actor, "now": contest.now}
    electors.take_off(
        contest.session, contest.edition, entry(contest, "Seoul"), reason="It has asked.", **act
    )
    elections.prepare(contest.session, contest.edition, "services", **act)

    found = contest.session.scalars(
        select(Entitlement).where(Entitlement.roll_entry_id == entry(contest, "Seoul").id)
    ).one()
    assert found.withheld_because == roll.NOT_ON_ROLL
    assert elections.count_electors(contest.session, contest.election()) == 2
    assert [it.elector for it in roll.on(contest.session, contest.edition)] == ["Hanoi", "Porto"]


def test_another_delegate_ends_links_passes_and_code_of_the_one_before(contest: Contest) -> None:
    build(contest)
    name(contest, ADA)
    porto, now = entry(contest, "Porto"), contest.now
    (code,) = codes.make(contest.session, contest.edition, [porto], actor=contest.actor, now=now)
    contest.session.add_all(
        [
            OneTimeLink(
                roll_entry_id=porto.id,
                purpose=LinkPurpose.BALLOT,
                token_hash=digest("ballot"),
                expires_at=now + timedelta(days=9),
            ),
            VotingPass(roll_entry_id=porto.id, token_hash="p", by=PassBy.LINK, made_at=now, seen_at=now),
        ]
    )
    contest.session.flush()

    name(contest, BEA)

    assert (porto.name, porto.email, porto.office, porto.language) == (
        "Bea Example", "bea@porto.example", "Clerk", "ko",
    )  # fmt: skip
    assert contest.session.scalars(select(OneTimeLink.expires_at)).one() == now
    assert contest.session.scalars(select(VotingPass.ended_at)).one() == now
    with pytest.raises(codes.CodeUnknown):
        codes.find(contest.session, code)
    assert [it.name for it in delegates.history(contest.session, porto)] == ["Bea Example", "Ada Example"]


@SQLITE
def test_naming_tells_the_new_delegate_the_former_one_and_the_organisation(contest: Contest) -> None:
    build(contest)
    porto = entry(contest, "Porto")
    act = {"actor": contest.actor, "now": contest.now}
    delegations.set_contact(contest.session, contest.edition, porto, "Mayor@Porto.example", "", **act)
    name(contest, ADA)
    name(contest, ADA)
    assert mails(contest) == [
        ("delegate_named", "ada@porto.example"),
        ("delegate_recorded", "mayor@porto.example"),
    ]
    with pytest.raises(delegates.NamedMeanwhile):
        name(contest, BEA, seen=0)

    name(contest, BEA, seen=1)

    # the mail to Ada had not gone out and is taken back
    assert mails(contest) == [
        ("delegate_recorded", "mayor@porto.example"),
        ("delegate_ended", "ada@porto.example"),
        ("delegate_named", "bea@porto.example"),
        ("delegate_recorded", "mayor@porto.example"),
    ]


def test_a_delegate_is_replaced_until_the_ballot_is_cast(contest: Contest) -> None:
    build(contest)
    contest.opened()
    name(contest, ADA)
    contest.vote(("Porto", "SV-1", "", "", ""))

    name(contest, ADA)
    with pytest.raises(roll.AlreadyCast):
        name(contest, BEA)
    with pytest.raises(roll.AlreadyCast):
        codes.make(
            contest.session,
            contest.edition,
            [entry(contest, "Porto")],
            actor=contest.actor,
            now=contest.now,
        )
    name(contest, Named("Min Example", "min@hanoi.example"), "Hanoi")
    contest.close()
    with pytest.raises(roll.VoteClosed):
        name(contest, Named("Late Example", "late@hanoi.example"), "Hanoi")


def test_in_a_run_off_somebody_else_may_be_named_until_its_ballot_is_cast(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = association(session, tmp_path, '\n[result]\nladder = ["runoff", "lot"]\n')
    build(contest)
    contest.opened()
    close = contest.now + timedelta(days=7)
    contest.closes_at(close)
    name(contest, ADA)
    contest.vote(("Porto", "SV-1", "", "", ""), ("Hanoi", "SV-2", "", "", ""))
    assert contest.close().runoffs

    assert roll.cast(session(), contest.edition) == set()
    name(contest, BEA)
    contest.now = close + timedelta(days=1)
    name(contest, Named("Min Example", "min@hanoi.example"), "Hanoi")

    last = session.scalars(select(Outbox).where(Outbox.template == "ballot").order_by(Outbox.id)).all()[-2:]
    assert [it.recipient for it in last] == ["bea@porto.example", "min@hanoi.example"]
    assert [it.arguments["until"] for it in last] == [None, None], "people close a run-off, and no date"
    named = session.scalars(select(Outbox).where(Outbox.template == "delegate_named")).all()
    assert ["closes" in it.arguments for it in named] == [True, False, False]
    contest.vote(("Porto", "SV-1", "", "", ""))
    with pytest.raises(roll.AlreadyCast):
        name(contest, ADA)
    contest.close()
    with pytest.raises(roll.VoteClosed):
        name(contest, Named("Late Example", "late@hanoi.example"), "Hanoi")
    assert roll.cast(session(), contest.edition) == {entry(contest, it).id for it in ("Porto", "Hanoi")}


@SQLITE
def test_a_delegate_named_while_the_vote_is_open_gets_the_ballot_at_once(contest: Contest) -> None:
    build(contest)
    name(contest, ADA)
    assert "ballot" not in dict(mails(contest))
    contest.opened()

    name(contest, BEA)
    name(contest, Named("Min Example", "bea@porto.example"), "Hanoi")

    ballots = [who for what, who in mails(contest) if what == "ballot"]
    assert ballots == ["bea@porto.example"], (
        "Hanoi shares the address: a mail would not say whose ballot it is"
    )
    (message,) = contest.session.scalars(select(Outbox).where(Outbox.template == "ballot"))
    assert message.roll_entry_id == entry(contest, "Porto").id
    name(contest, Named("Cyd Example", "cyd@porto.example"))
    ballots = [who for what, who in mails(contest) if what == "ballot"]
    assert ballots == ["cyd@porto.example"], "the mail to Bea had not gone out and is taken back"


@SQLITE
def test_a_link_names_the_delegate_of_its_organisation_until_the_contact_is_another(contest: Contest) -> None:
    build(contest)
    porto, session, now = entry(contest, "Porto"), contest.session, contest.now
    act = {"actor": contest.actor, "now": now}
    delegations.set_contact(session, contest.edition, porto, "mayor@porto.example", "", **act)
    asked = delegations.ask(session, contest.edition, roll.of_edition(session, contest.edition), **act)
    assert [it.elector for it in asked] == ["Porto"]
    token = delegations.make_token(session, porto.id, now=now)

    assert delegations.of_token(session, token, now=now) == (porto, contest.edition)
    assert delegations.by_link(session, contest.edition, porto) == contest.actor.__class__(
        contest.actor.account, contest.actor.account
    )
    delegations.set_contact(session, contest.edition, porto, "office@porto.example", "", **act)

    with pytest.raises(links.LinkExpired):
        delegations.of_token(session, token, now=now)
    with pytest.raises(links.LinkUnknown):
        delegations.of_token(session, "guessed", now=now)


def test_a_code_is_found_however_it_is_typed_and_stands_in_no_table(contest: Contest) -> None:
    build(contest)
    porto, hanoi = entry(contest, "Porto"), entry(contest, "Hanoi")
    porto.language = "ko"
    made = codes.make(contest.session, contest.edition, [porto, hanoi], actor=contest.actor, now=contest.now)

    korean, english = made
    assert len(english.split()) == len(korean.split()) == codes.WORDS >= 6
    assert set(korean.split()) <= set(codes.words_of("ko"))
    assert codes.find(contest.session, f"  {english.upper().replace(' ', '-')}.\n") is hanoi
    assert codes.find(contest.session, korean.replace(" ", "")) is porto
    for text in ("", english[:-1], "\0\ud800", english * 9):
        with pytest.raises(codes.CodeUnknown):
            codes.find(contest.session, text)
    kept = contest.session.scalars(select(VotingCode.code_hash))
    assert {len(it) for it in kept} == {64}


@SQLITE
def test_a_new_letter_voids_the_one_before_and_a_stale_page_voids_none(contest: Contest) -> None:
    build(contest)
    porto, act = entry(contest, "Porto"), {"actor": contest.actor, "now": contest.now}
    seen = codes.state(contest.session, contest.edition)
    (first,) = codes.make(contest.session, contest.edition, [porto], seen=seen, **act)
    with pytest.raises(codes.LettersChanged):
        codes.make(contest.session, contest.edition, [porto], seen=seen, **act)
    assert codes.find(contest.session, first) is porto

    (second,) = codes.make(contest.session, contest.edition, [porto], **act)

    with pytest.raises(codes.CodeUnknown):
        codes.find(contest.session, first)
    assert codes.find(contest.session, second) is porto
    electors.take_off(contest.session, contest.edition, porto, reason="It has asked.", **act)
    with pytest.raises(codes.CodeUnknown):
        codes.find(contest.session, second)


@SQLITE
def test_letters_go_to_those_without_an_address_of_their_own(contest: Contest) -> None:
    build(contest)
    name(contest, ADA)
    name(contest, Named("Min Example", "ada@porto.example"), "Hanoi")
    found = roll.on(contest.session, contest.edition)

    assert [it.elector for it in roll.by_letter(found)] == ["Hanoi", "Porto", "Seoul"]
    name(contest, Named("Min Example", "min@hanoi.example"), "Hanoi")
    assert [it.elector for it in roll.by_letter(found)] == ["Seoul"]


def test_code_words_are_plain_and_enough_for_nobody_to_guess() -> None:
    for language in ("en", "ko", "fr"):
        words = codes.words_of(language)
        assert len(set(words)) == len(words)
        assert len(words) ** codes.WORDS > 2**60
        assert all(word.isalpha() for word in words)


@SQLITE
def test_the_roll_of_judges_follows_the_panel(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = Contest(session, tmp_path)
    contest.judged()
    act = {"actor": contest.actor, "now": contest.now}
    assert electors.enrol_panel(session, contest.edition, **act) == 4
    assert electors.enrol_panel(session, contest.edition, **act) == 0
    judge = session.scalars(select(Judge).order_by(Judge.id)).first()
    assert judge is not None
    judge.state = JudgeState.LEFT

    assert electors.enrol_panel(session, contest.edition, **act) == 1

    assert sorted(state(contest).values()) == ["no_judge", "on", "on", "on"]
    with pytest.raises(electors.NotBuilt):
        build(contest)
    left = next(it for it in roll.of_edition(session, contest.edition) if it.judge_id == judge.id)
    with pytest.raises(electors.OutByRule):
        electors.put_back(session, contest.edition, left, reason="Please.", **act)
    with pytest.raises(delegates.NoDelegate):
        name(contest, ADA, roll.on(session, contest.edition)[0].elector)


@SQLITE
def test_a_list_brings_nobody_back_who_was_taken_off_and_changes_only_what_it_names(contest: Contest) -> None:
    build(contest)
    name(contest, ADA)
    act = {"actor": contest.actor, "now": contest.now}
    electors.take_off(
        contest.session, contest.edition, entry(contest, "Seoul"), reason="It has asked.", **act
    )
    rows = table(("elector", "contact", "language"), [("Porto", "Mayor@Porto.example", "ko")])
    enrolment.load(contest.session, contest.edition, rows, **act)
    porto = entry(contest, "Porto")
    assert (porto.name, porto.contact, porto.language) == ("Ada Example", "mayor@porto.example", "ko")

    with pytest.raises(FileRefused) as refused:
        contest.enrol(("Seoul", "Min Example", "min@seoul.example", ""))

    assert [line.reason for line in refused.value.lines] == [Reason.NOT_ON_ROLL]
