"""Amendments: shown as a difference, made with a reason, told to those who write; by two once the rules are frozen."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import amendments, approvals, decisions, editions, programmes
from awards.audit import Actor
from awards.differences import Difference, of_documents
from awards.models import Account, Approval, Decision, DecisionKind, Edition, Outbox, RulesDocument
from awards.timetable import Phase
from tests.awards.builders import NOW, PROGRAMME, edition_of, operator
from tests.awards.desks import draft_of, organiser

Work = scoped_session[Session]

BEFORE = PROGRAMME.format(programme="invented", eligibility="", fields="")
AFTER = PROGRAMME.format(programme="invented", eligibility="per_city = 1", fields="")
REWORDED = AFTER.replace('name.en = "Services"', 'name.en = "Public services"')


@pytest.fixture
def edition(session: Work) -> Edition:
    return edition_of(session, operator(session))


def sha(session: Work, edition: Edition) -> str:
    return editions.rules_document(session(), edition).sha256


def freeze(session: Work, edition: Edition, folder: Path) -> None:
    editions.freeze(session(), edition, folder=folder, actor=operator(session, "freezer"), now=NOW)


def test_a_difference_is_told_value_by_value_and_table_by_table() -> None:
    before = {"places": 5, "categories": [{"key": "a", "places": 5}, {"key": "b", "places": 5}]}
    after = {"places": 5, "categories": [{"key": "b", "places": 3}, {"key": "c", "places": 5}]}

    assert of_documents(before, after) == (
        Difference(("categories", "a", "places"), 5, None),
        Difference(("categories", "b", "places"), 5, 3),
        Difference(("categories", "c", "places"), None, 5),
    )


def test_tables_that_change_places_are_a_change_of_order() -> None:
    before = {"prizes": [{"key": "best"}, {"key": "second"}]}

    assert of_documents(before, {"prizes": [{"key": "second"}, {"key": "best"}]}) == (
        Difference(("prizes", "order"), ["best", "second"], ["second", "best"]),
    )


def test_what_a_file_would_change_is_seen_before(session: Work, edition: Edition) -> None:
    draft = amendments.preview(session(), edition, REWORDED)

    assert draft.rules == (Difference(("eligibility", "per_city"), 0, 1),)
    assert [(edit.path, edit.before, edit.after) for edit in draft.wording] == [
        (("categories", "services", "name"), "Services", "Public services")
    ]
    assert draft.by_two is False


def test_a_file_that_says_what_holds_changes_nothing(session: Work, edition: Edition) -> None:
    with pytest.raises(amendments.NothingDiffers):
        amendments.preview(session(), edition, BEFORE)


def test_an_amendment_has_a_number_and_a_reason_and_is_told_to_who_writes(
    session: Work, edition: Edition
) -> None:
    draft_of(session, edition, "writer@city.example")
    before, actor = sha(session, edition), organiser(session, edition)

    loaded = amendments.amend(
        session(), edition, AFTER, before=before, reason="A slip.", actor=actor, now=NOW
    )

    [message] = session.scalars(select(Outbox).where(Outbox.template == "rules_amended"))
    [amended] = session.scalars(select(RulesDocument).where(RulesDocument.number == 2))
    assert (loaded.number, amended.reason, amended.by_id) == (2, "A slip.", actor.account.id)
    assert (message.recipient, message.arguments["number"], message.arguments["reason"]) == (
        "writer@city.example",
        2,
        "A slip.",
    )


def test_an_amendment_is_told_to_the_other_organisers(session: Work, edition: Edition) -> None:
    draft_of(session, edition, "writer@city.example")
    organiser(session, edition, "other")
    before, actor = sha(session, edition), organiser(session, edition)

    amendments.amend(session(), edition, AFTER, before=before, reason="A slip.", actor=actor, now=NOW)

    told = set(session.scalars(select(Outbox.recipient).where(Outbox.template == "rules_amended")))
    assert len(told) == 2
    assert "writer@city.example" in told
    assert actor.account.email not in told


def test_an_amendment_needs_a_reason(session: Work, edition: Edition) -> None:
    with pytest.raises(decisions.ReasonMissing):
        amendments.amend(
            session(),
            edition,
            AFTER,
            before=sha(session, edition),
            reason=" ",
            actor=organiser(session, edition),
            now=NOW,
        )


def test_an_amendment_of_rules_that_have_moved_on_is_refused(session: Work, edition: Edition) -> None:
    with pytest.raises(amendments.RulesMovedOn):
        amendments.amend(
            session(),
            edition,
            AFTER,
            before="0" * 64,
            reason="A slip.",
            actor=organiser(session, edition),
            now=NOW,
        )


@pytest.mark.parametrize(("keep", "shown"), [(True, "Services"), (False, "Public services")])
def test_wording_is_kept_unless_the_files_is_wanted(
    session: Work, edition: Edition, keep: bool, shown: str
) -> None:
    amendments.amend(
        session(),
        edition,
        REWORDED,
        before=sha(session, edition),
        reason="A slip.",
        keep_wording=keep,
        actor=organiser(session, edition),
        now=NOW,
    )

    texts = editions.texts_of(session(), edition)
    assert texts["categories"]["services"]["name"]["en"] == shown
    assert editions.rules_of(session(), edition).eligibility.per_city == 1


def test_one_person_alone_does_not_amend_frozen_rules(
    session: Work, edition: Edition, tmp_path: Path
) -> None:
    freeze(session, edition, tmp_path)

    with pytest.raises(decisions.NeedsTwoPeople):
        amendments.amend(
            session(),
            edition,
            AFTER,
            before=sha(session, edition),
            reason="A slip.",
            actor=organiser(session, edition),
            now=NOW,
        )


def proposed(session: Work, edition: Edition, actor: Actor, text: str = AFTER) -> Approval:
    return amendments.propose(
        session(),
        edition,
        text,
        before=sha(session, edition),
        reason="A slip.",
        actor=actor,
        now=NOW,
    )


def test_two_amend_frozen_rules_and_both_sign(session: Work, edition: Edition, tmp_path: Path) -> None:
    freeze(session, edition, tmp_path)
    one, other = organiser(session, edition, "one"), organiser(session, edition, "other")
    proposal = proposed(session, edition, one)

    loaded = amendments.approve(session(), edition, proposal.subject_sha256, actor=other, now=NOW)

    [decision] = session.scalars(select(Decision).where(Decision.kind == DecisionKind.AMENDMENT))
    assert (loaded.number, editions.rules_of(session(), edition).eligibility.per_city) == (2, 1)
    assert [signer["name"] for signer in decision.signers] == ["Example one", "Example other"]


def test_the_proposer_does_not_approve(session: Work, edition: Edition, tmp_path: Path) -> None:
    freeze(session, edition, tmp_path)
    one = organiser(session, edition, "one")
    proposal = proposed(session, edition, one)

    with pytest.raises(approvals.SamePerson):
        amendments.approve(session(), edition, proposal.subject_sha256, actor=one, now=NOW)
    assert editions.rules_of(session(), edition).eligibility.per_city == 0


def test_a_proposal_that_was_changed_since_is_not_approved(
    session: Work, edition: Edition, tmp_path: Path
) -> None:
    freeze(session, edition, tmp_path)
    one, other = organiser(session, edition, "one"), organiser(session, edition, "other")
    proposal = proposed(session, edition, one)
    proposal.subject = proposal.subject | {"text": AFTER.replace("per_city = 1", "per_city = 2")}
    session.flush()

    with pytest.raises(approvals.SubjectChanged):
        amendments.approve(session(), edition, proposal.subject_sha256, actor=other, now=NOW)


def test_what_is_approved_is_what_was_read(session: Work, edition: Edition, tmp_path: Path) -> None:
    freeze(session, edition, tmp_path)
    one, other = organiser(session, edition, "one"), organiser(session, edition, "other")
    read = proposed(session, edition, one).subject_sha256
    approval = approvals.take(session(), edition, programmes.MENDING, read)
    approvals.end(session(), edition, approval, actor=one, now=NOW)
    proposed(session, edition, one, AFTER.replace("per_city = 1", "per_city = 2"))

    with pytest.raises(approvals.NoProposal):
        amendments.approve(session(), edition, read, actor=other, now=NOW)


def test_one_proposal_waits_at_a_time(session: Work, edition: Edition, tmp_path: Path) -> None:
    freeze(session, edition, tmp_path)
    proposed(session, edition, organiser(session, edition, "one"))

    with pytest.raises(approvals.ProposalWaits):
        proposed(session, edition, organiser(session, edition, "other"))


def test_an_edition_is_made_with_its_zone_and_only_once(session: Work) -> None:
    actor = operator(session)
    made = programmes.create(
        session(), BEFORE, edition_key="invented-2027", zone="Asia/Seoul", actor=actor, now=NOW
    )

    with pytest.raises(programmes.EditionThere):
        programmes.create(
            session(), AFTER, edition_key="invented-2027", zone="Asia/Seoul", actor=actor, now=NOW
        )
    assert (made.phase, made.zone) == (Phase.DRAFT, "Asia/Seoul")


def test_who_acts_is_not_told(session: Work, edition: Edition) -> None:
    draft_of(session, edition, "organiser@city.example")
    actor = organiser(session, edition)

    amendments.amend(
        session(), edition, AFTER, before=sha(session, edition), reason="A slip.", actor=actor, now=NOW
    )

    assert session.get_one(Account, actor.account.id).email == "organiser@city.example"
    assert session.scalars(select(Outbox)).all() == []
