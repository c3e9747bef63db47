"""Striking: before the opening, by two, for a published reason, unread; put back by two; disputes keep the box shut."""

from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session

from awards import (
    approvals,
    casting,
    decisions,
    delegates,
    disclosures,
    disputes,
    mails,
    own_ballots,
    passes,
    polls,
    putting_back,
    roll,
    striking,
    struck,
    unsealing,
    upholding,
)
from awards import paper as papers
from awards.chairs import NotTheChair
from awards.delegates import Named
from awards.models import (
    Approval,
    Ballot,
    Decision,
    DecisionKind,
    Dispute,
    Envelope,
    Outbox,
    PassBy,
    Role,
    RollEntry,
    StruckBecause,
)
from judging.ballot import Choice
from tests.awards.poll import CLOSES, ELECTORS, PUBLIC, Poll
from tests.awards.test_polls import open_by_two, recounts

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ABOUT = "electors whose organisation had left the association"


def elector(poll: Poll, name: str) -> RollEntry:
    return next(it for it in roll.on(poll.session, poll.edition) if it.elector == name)


def propose(
    poll: Poll, *names: str, because: StruckBecause = StruckBecause.NOT_ENTITLED, **more: str
) -> Approval:
    said = {"about": ABOUT, "reason": "One had left in May"} | more
    return striking.propose(
        poll.session,
        poll.edition,
        [elector(poll, it) for it in names],
        because,
        actor=poll.organiser,
        now=poll.now,
        **said,
    )


def strike(poll: Poll, *names: str, **more: StruckBecause) -> Decision:
    made = propose(poll, *names, **more)  # type: ignore[arg-type]
    return striking.approve(poll.session, poll.edition, made.subject_sha256, actor=poll.teller, now=poll.now)


def put_back(poll: Poll, number: int) -> Decision:
    made = putting_back.propose(
        poll.session, poll.edition, number, reason="The register was wrong", actor=poll.teller, now=poll.now
    )
    return putting_back.approve(
        poll.session, poll.edition, made.subject_sha256, actor=poll.organiser, now=poll.now
    )


def dispute(poll: Poll, name: str = "one", **more: bool) -> Dispute:
    return disputes.put(
        poll.session,
        poll.edition,
        elector(poll, name),
        said_by="The mayor of One",
        reason="We named nobody of that name",
        actor=poll.organiser,
        now=poll.now,
        **more,
    )


def decide(poll: Poll, found: Dispute, *, upheld: bool) -> Decision:
    return upholding.decide(
        poll.session,
        poll.edition,
        found,
        upheld=upheld,
        reason="I have asked both of them",
        actor=poll.chair,
        now=poll.now,
    )


def vote(poll: Poll, name: str, choice: Choice, form: str) -> casting.Receipt:
    found = casting.cast(
        poll.session,
        poll.edition,
        elector(poll, name),
        {"services": choice},
        form=form * 32,
        nonces={"services": form * 32},
        now=poll.now,
    )
    return found["services"]


def letters(poll: Poll, template: str) -> list[tuple[str, str]]:
    found = poll.session.scalars(select(Outbox).where(Outbox.template == template).order_by(Outbox.id))
    return [(it.recipient, mails.preview(poll.session, it, url="https://x.example")[1]) for it in found]


@SQLITE
def test_a_struck_envelope_counts_for_nothing_and_its_elector_votes_no_more(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast("one", choice=("SV-2",))
    poll.cast("two", "three")
    made = propose(poll, "one")
    with pytest.raises(approvals.SamePerson):
        striking.approve(poll.session, poll.edition, made.subject_sha256, actor=poll.organiser, now=poll.now)
    assert polls.look(session(), poll.edition).presence.present == 3

    decision = striking.approve(
        poll.session, poll.edition, made.subject_sha256, actor=poll.teller, now=poll.now
    )

    assert decision.subject == {
        "because": "not_entitled",
        "about": ABOUT,
        "struck": {"services": 1},
        "struck_public": {},
        "proposal": made.subject_sha256,
    }
    assert [(it["name"], it["as"]) for it in decision.signers] == [
        ("Organiser", "organiser"),
        ("Teller", "teller"),
    ]
    look = polls.look(session(), poll.edition)
    assert (look.presence.present, look.presence.envelopes, look.presence.roll) == (2, 2, 4)
    assert [(it.electors, it.envelopes) for it in look.turnout] == [(3, 2)]
    assert struck.counts(session(), poll.edition) == [
        struck.Count("services", False, StruckBecause.NOT_ENTITLED, ABOUT, 1)
    ]
    with pytest.raises(casting.NoBallot):
        vote(poll, "one", ("SV-1",), "a")
    paper = own_ballots.papers(session(), poll.edition, elector(poll, "one"), now=poll.now)["services"]
    assert (paper.struck, paper.withheld_because, paper.is_open) == ("not_entitled", "not_entitled", False)
    ((recipient, said),) = letters(poll, "envelope_struck")
    assert recipient == "one@electors.example"
    assert "has no right to vote here" in said
    assert "SV-2" not in said

    poll.over()
    open_by_two(poll)
    assert session.scalars(select(Ballot.choice)).all() == [["SV-1"], ["SV-1"]], "the struck one is not read"
    assert session.scalars(select(Envelope.sealed)).all() == [None] * 3, "and is blanked with the others"
    told = disclosures.of_category(session(), poll.edition, "services")["struck"]
    assert told == [{"because": "not_entitled", "about": ABOUT, "envelopes": 1, "public": False}]
    for public in (True, False):
        recounts(poll, public=public)


def test_nothing_is_struck_or_put_back_after_the_opening(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast(*ELECTORS)
    decision = strike(poll, "four")
    waits = propose(poll, "three")
    poll.over()
    open_by_two(poll)
    act = {"actor": poll.teller, "now": poll.now}

    with pytest.raises(striking.OpenedAlready):
        propose(poll, "one")
    with pytest.raises(striking.OpenedAlready):
        striking.approve(session(), poll.edition, waits.subject_sha256, **act)
    with pytest.raises(striking.OpenedAlready):
        put_back(poll, decision.number)
    for change in (
        "struck_because = 'fraud' WHERE struck_because IS NULL",
        "struck_because = NULL WHERE struck_because IS NOT NULL",
    ):
        with pytest.raises(DBAPIError, match="struck before the opening"), session.begin_nested():
            session.execute(text(f"UPDATE envelope SET {change}"))


@SQLITE
def test_a_strike_ends_an_opening_that_waits_and_below_the_quorum_nothing_is_opened(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast("one", "two")
    poll.over()
    opening = unsealing.propose(session(), poll.edition, reason="Closed", actor=poll.teller, now=poll.now)

    strike(poll, "one", because=StruckBecause.FRAUD)

    assert opening.ended_at == poll.now, "it was proposed of the box as it was"
    look = unsealing.look(session(), poll.edition)
    assert (look.is_enough, look.poll.presence.roll) == (False, 4), "the roll stays as it was frozen"


@SQLITE
def test_a_strike_needs_an_envelope_and_words(session: scoped_session[Session], tmp_path: Path) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast("one")
    with pytest.raises(striking.AboutMissing):
        propose(poll, "one", about=" ")
    with pytest.raises(striking.AboutMissing):
        propose(poll, "one", about="x" * 201)
    with pytest.raises(decisions.ReasonMissing):
        propose(poll, "one", reason="")
    with pytest.raises(striking.ByDispute):
        propose(poll, "one", because=StruckBecause.DELEGATE_DISPUTED)
    with pytest.raises(striking.NothingToStrike):
        propose(poll, "two")


@SQLITE
def test_put_back_by_two_it_counts_again_and_its_elector_may_vote(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast(*ELECTORS)
    decision = strike(poll, "one", "two")

    taken = put_back(poll, decision.number)

    assert (taken.kind, taken.supersedes_id) == (DecisionKind.CORRECTION, decision.id)
    assert [(it.electors, it.envelopes) for it in polls.look(session(), poll.edition).turnout] == [(4, 4)]
    assert struck.counts(session(), poll.edition) == []
    assert "counts again" in letters(poll, "envelope_struck")[-1][1]
    with pytest.raises(putting_back.NotStruck):
        put_back(poll, decision.number)
    strike(poll, "two")
    poll.over()
    open_by_two(poll)
    assert len(session.scalars(select(Ballot.commitment)).all()) == 3


@SQLITE
def test_while_a_dispute_is_not_decided_nothing_is_opened_and_the_chair_decides(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast(*ELECTORS)
    poll.over()
    opening = unsealing.propose(session(), poll.edition, reason="Closed", actor=poll.teller, now=poll.now)
    found = dispute(poll)
    with pytest.raises(disputes.DisputedAlready):
        dispute(poll)
    assert unsealing.look(session(), poll.edition).disputed == 1
    with pytest.raises(disputes.DisputesOpen):
        unsealing.approve(
            session(), poll.edition, opening.subject_sha256, key_folder=poll.keys, actor=poll.organiser,
            now=poll.now,
        )  # fmt: skip
    with pytest.raises(NotTheChair):
        upholding.decide(
            session(), poll.edition, found, upheld=False, reason="So it seems", actor=poll.organiser,
            now=poll.now,
        )  # fmt: skip

    decision = decide(poll, found, upheld=False)

    assert (decision.kind, decision.subject) == (DecisionKind.DISPUTE, {"upheld": False})
    assert "stands" in letters(poll, "dispute_decided")[0][1]
    with pytest.raises(upholding.DecidedAlready):
        decide(poll, found, upheld=True)
    with pytest.raises(disputes.DecidedBefore):
        dispute(poll, by_link=True)
    unsealing.approve(
        session(),
        poll.edition,
        opening.subject_sha256,
        key_folder=poll.keys,
        actor=poll.organiser,
        now=poll.now,
    )
    for public in (True, False):
        recounts(poll, public=public)


def test_upheld_the_ballot_is_struck_and_the_rightful_delegate_votes(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    entry = elector(poll, "one")
    entry.contact = "mayor@one.example"
    token = passes.admit(session(), entry, PassBy.LINK, now=poll.now)
    vote(poll, "one", ("SV-3",), "a")
    poll.cast("two", "three")
    found = dispute(poll)

    decide(poll, found, upheld=True)

    assert (found.upheld, entry.email, entry.name) == (True, "", "")
    assert passes.find(session(), token, now=poll.now) is None, "whoever came in is out"
    told = letters(poll, "dispute_decided")
    assert [recipient for recipient, _ in told] == ["mayor@one.example", "one@electors.example"]
    assert all("can name its delegate again" in said for _, said in told)
    assert [recipient for recipient, _ in letters(poll, "delegate_asked")] == ["mayor@one.example"]
    delegates.replace(
        session(), poll.edition, entry, Named("Ada", "ada@one.example"), actor=poll.organiser, now=poll.now
    )
    paper = own_ballots.papers(session(), poll.edition, entry, now=poll.now)["services"]
    assert (paper.struck, paper.is_open) == ("delegate_disputed", True)
    decision = next(it for it in decisions.of_edition(session(), poll.edition, DecisionKind.STRUCK))
    on_paper = papers.issue(session(), poll.edition, entry, actor=poll.organiser, now=poll.now)
    with pytest.raises(putting_back.VotedSince):
        put_back(poll, decision.number)
    papers.give_back(session(), poll.edition, on_paper, actor=poll.organiser, now=poll.now)

    vote(poll, "one", ("SV-2",), "b")

    rows = session.execute(
        select(Envelope.number, Envelope.struck_because)
        .where(Envelope.roll_entry_id == entry.id)
        .order_by(Envelope.number)
    ).all()
    assert [tuple(it) for it in rows] == [(1, "delegate_disputed"), (2, None)]
    with pytest.raises(casting.CastBefore):
        vote(poll, "one", ("SV-1",), "c")
    with pytest.raises(putting_back.VotedSince):
        put_back(poll, decision.number)
    poll.over()
    open_by_two(poll)
    choices = session.scalars(select(Ballot.choice)).all()
    assert sorted(choices) == [["SV-1"], ["SV-1"], ["SV-2"]]


@SQLITE
def test_two_organisers_decide_where_the_chair_is_a_party(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast("one", "two")
    other = poll.person("second@desk.example", Role.ORGANISER)
    found = dispute(poll)
    act = {"upheld": True, "reason": "Both were asked", "now": poll.now}
    with pytest.raises(upholding.ForTheChair):
        upholding.propose(session(), poll.edition, found, actor=poll.organiser, **act)
    elector(poll, "one").contact = "chair@desk.example"
    with pytest.raises(upholding.ForTwo):
        decide(poll, found, upheld=True)

    made = upholding.propose(session(), poll.edition, found, actor=poll.organiser, **act)
    with pytest.raises(approvals.SamePerson):
        upholding.approve(
            session(), poll.edition, found, made.subject_sha256, actor=poll.organiser, now=poll.now
        )
    decision = upholding.approve(
        session(), poll.edition, found, made.subject_sha256, actor=other, now=poll.now
    )

    assert [it["as"] for it in decision.signers] == ["organiser", "organiser"]
    assert decision.subject["struck"] == {"services": 1}


@SQLITE
def test_a_vote_held_again_leaves_no_dispute_that_would_keep_the_box_shut(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    from tests.awards.test_voiding import approve as void
    from tests.awards.test_voiding import lose
    from tests.awards.test_voiding import propose as propose_void

    poll = Poll(session, tmp_path, PUBLIC).begun()
    poll.cast("one")
    found = dispute(poll)
    lose(poll)
    void(poll, propose_void(poll))

    assert disputes.undecided(session(), poll.edition) == []
    with pytest.raises(disputes.NothingDisputed):
        decide(poll, found, upheld=True)
    assert poll.now < CLOSES
