"""A public prize is revoked or corrected by two, in one act: pages, certificate, badge, lists and record say so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    approvals,
    certificates,
    correcting,
    corrections,
    decisions,
    mending,
    prizes,
    publication,
    recusals,
    revoking,
    takedowns,
)
from awards.approvals import NoProposal, ProposalWaits, SamePerson
from awards.audit import Actor
from awards.correcting import NotCorrectable, NothingChanged
from awards.corrections import PrizeRevoked
from awards.decisions import NeedsTwoPeople, ReasonMissing
from awards.mending import Hand, MayNotMend, NotGiven, NotPublic, StandChanged
from awards.models import (
    Award,
    AwardState,
    Badge,
    Certificate,
    CertificateState,
    Decision,
    DecisionKind,
    NominationState,
    Outbox,
    PressAccess,
    PressContact,
    Publication,
    PublicationKind,
    PublishedRecord,
    Role,
)
from awards.models.base import Document
from tests.awards import certified
from tests.awards.ending import URL, Office

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WHY = "The figures were made up."
MENTION = '\n[[prizes]]\nkey = "mention"\nname.en = "Mention"\nby_decision = true\n'


class Desk:
    """An edition whose winners are public: SV-1 has the best prize, then SV-2 to SV-4 have none; M-2 has its own."""

    def __init__(
        self, session: scoped_session[Session], folder: Path, vacated: str = "vacant", more: str = ""
    ) -> None:
        self.office = Office(
            session, folder, {"minimum_nominations": f'1\nvacated = "{vacated}"'}, more
        ).signed()
        self.office.press(self.office.arm())
        self.office.now += timedelta(days=2)
        self.session, self.edition = self.office.session, self.office.edition
        certified.issue(self.session, self.edition, self.office.contest.actor, self.office.now)

    def hand(self, actor: Actor) -> Hand:
        return Hand(self.office.folder, URL, actor, self.office.now)

    def award(self, reference: str = "SV-1", prize: str = "best") -> Award:
        return mending.find(self.session(), self.edition, reference, prize)

    def propose(self, reference: str = "SV-1", *, by: Actor | None = None, reason: str = WHY) -> str:
        award = self.award(reference)
        seen = revoking.consequence(self.session(), self.edition, award).seen
        who, now = by or self.office.olga, self.office.now
        act = {"seen": seen, "reason": reason, "actor": who, "now": now}
        return revoking.propose(self.session(), self.edition, award, **act).subject_sha256

    def approve(self, sha256: str, by: Actor | None = None) -> Decision:
        return revoking.approve(self.session(), self.edition, sha256, self.hand(by or self.office.omar))

    def revoke(self, reference: str = "SV-1") -> Decision:
        return self.approve(self.propose(reference))

    def correct(self, why_won: dict[str, str] | None = None, **names: str) -> Decision:
        proposal = correcting.propose(
            self.session(),
            self.edition,
            self.award(),
            names=names,
            why_won=why_won or {},
            reason="Its own spelling.",
            hand=self.hand(self.office.olga),
        )
        return correcting.approve(
            self.session(), self.edition, proposal.subject_sha256, self.hand(self.office.omar)
        )

    def shown(self, kind: PublicationKind = PublicationKind.WINNERS, category: str = "services") -> Document:
        its = publication.visible(self.session(), self.edition, kind, self.office.now)
        return next(it.document for it in its if it.category == category)

    def letters(self) -> list[str]:
        return list(self.session.scalars(select(Outbox.template).where(Outbox.due_at == self.office.now)))

    def journalist(self) -> None:
        """She read winners, and was asked anew since."""
        contact = PressContact(
            edition_id=self.edition.id,
            name="Pia Press",
            email="pia@paper.example",
            language="en",
            categories=["services"],
            invited_at=self.office.now,
        )
        self.session.add(contact)
        self.session.flush()
        self.session.add(PressAccess(contact_id=contact.id, what="read", at=self.office.now))
        self.session.flush()


@pytest.fixture
def desk(session: scoped_session[Session], tmp_path: Path) -> Desk:
    return Desk(session, tmp_path)


def test_a_revoked_prize_is_marked_its_certificate_and_badge_end_and_the_record_is_published_anew(
    desk: Desk,
) -> None:
    session = desk.session
    won = session.scalars(select(Certificate).where(Certificate.nomination.has(reference="SV-1"))).first()
    session.add(
        Badge(
            edition_id=desk.edition.id,
            nomination_id=desk.award().nomination_id,
            holder=f"nomination:{desk.award().nomination_id}",
            kind="winner",
            prize="best",
            place=1,
            at=desk.office.now,
        )
    )
    desk.journalist()

    decision = desk.revoke()

    document = desk.shown()
    assert document["rows"] == []
    assert document["not_given"] == ["best"]
    (marked,) = document["revoked"]
    assert (marked["reference"], marked["prize"], marked["because"]) == ("SV-1", "best", WHY)
    assert marked["organisation"] == desk.award().names["organisation"]
    assert marked["on"] == desk.office.now.date().isoformat()
    assert won is not None
    assert (won.state, won.because, won.decision_id) == (CertificateState.REVOKED, WHY, decision.id)
    badge = session.scalars(select(Badge)).one()
    assert (badge.state, badge.because) == (CertificateState.REVOKED, WHY)
    assert desk.award().state is AwardState.REVOKED
    assert desk.award().nomination.state is NominationState.REVOKED
    assert [it["name"] for it in decision.signers] == ["olga", "omar"]
    assert [it.number for it in session.scalars(select(PublishedRecord).order_by("number"))] == [1, 2]
    assert desk.office.recount() == []
    assert desk.office.recount(public=False) == []
    assert desk.letters().count("prize_revoked") == 1
    press = session.scalars(select(Outbox).where(Outbox.recipient == "pia@paper.example")).one()
    assert (press.template, press.arguments["press"]) == ("result_mended", True)


def test_where_the_rules_let_others_move_up_they_have_the_prize_at_once_and_are_told(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    desk = Desk(session, tmp_path, "move_up")
    second = desk.office.contest.nomination("SV-2")
    second.nominator_id = desk.office.writer.account.id
    session.flush()

    desk.revoke()

    assert [(it["reference"], it["prize"]) for it in desk.shown()["rows"]] == [("SV-2", "best")]
    assert second.state is NominationState.WINNER
    assert desk.office.recount() == []
    assert desk.letters().count("prize_moved") == 1
    desk.revoke("SV-2")
    assert [it["reference"] for it in desk.shown()["revoked"]] == ["SV-1", "SV-2"]
    assert [it["reference"] for it in desk.shown()["rows"]] == ["SV-3"]
    assert desk.office.recount() == []


def test_two_without_an_interest_revoke_once_and_only_what_stood_there_when_they_looked(desk: Desk) -> None:
    sha256 = desk.propose()
    with pytest.raises(SamePerson):
        desk.approve(sha256, desk.office.olga)
    with pytest.raises(ProposalWaits):
        desk.propose()
    recusals.declare(desk.session(), desk.award().nomination, actor=desk.office.omar, now=desk.office.now)
    with pytest.raises(MayNotMend):
        desk.approve(sha256)
    desk.office.take_down()
    third = desk.office._person("otto", Role.ORGANISER)
    with pytest.raises(StandChanged):
        desk.approve(sha256, third)
    assert desk.award().state is AwardState.GIVEN

    waiting = approvals.waiting(desk.session(), desk.edition, mending.ACT)
    assert waiting is not None
    approvals.end(desk.session(), desk.edition, waiting, actor=third, now=desk.office.now)
    with pytest.raises(MayNotMend):
        desk.propose(by=desk.office.omar)
    with pytest.raises(ReasonMissing):
        desk.propose(reason=" ")
    with pytest.raises(NeedsTwoPeople):
        revoking.revoke_alone(
            desk.session(), desk.edition, "M-2", "best", reason=WHY, hand=desk.hand(desk.office.olga)
        )
    again = desk.propose()
    desk.approve(again, third)
    with pytest.raises(NoProposal):
        desk.approve(again, third)
    with pytest.raises(NotGiven):
        desk.propose()


def test_nothing_is_mended_in_public_that_was_never_public(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    office = Office(session, tmp_path).signed()
    award = mending.find(session(), office.edition, "SV-1", "best")
    hand = Hand(office.folder, URL, office.olga, office.now)
    act = {"reason": WHY, "actor": office.olga, "now": office.now}

    with pytest.raises(NotPublic):
        revoking.propose(session(), office.edition, award, seen="", **act)
    with pytest.raises(NotPublic):
        correcting.propose(
            session(), office.edition, award, names={"city": "Ulm"}, why_won={}, reason=WHY, hand=hand
        )
    assert mending.mendable(session(), office.edition, office.now) == []


def test_a_prize_revoked_while_it_is_down_shows_the_mark_once_it_is_put_back(desk: Desk) -> None:
    desk.office.take_down()
    before = len(list(desk.session.scalars(select(Publication))))

    desk.revoke()

    assert len(list(desk.session.scalars(select(Publication)))) == before
    assert "result_mended" not in desk.letters()
    with pytest.raises(PrizeRevoked):
        corrections.need_open(desk.session(), desk.edition, "services")
    act = {"actor": desk.office.olga, "now": desk.office.now}
    back = takedowns.propose_back(desk.session(), desk.edition, ["services"], reason="Looked into.", **act)
    takedowns.approve_back(
        desk.session(),
        desk.edition,
        back.subject_sha256,
        folder=desk.office.folder,
        url=URL,
        actor=desk.office.omar,
        now=desk.office.now,
    )
    assert [it["reference"] for it in desk.shown()["revoked"]] == ["SV-1"]
    assert desk.office.recount() == []


def test_names_and_citation_are_corrected_and_the_certificate_is_issued_anew(desk: Desk) -> None:
    desk.correct({"en": "It keeps its word."}, organisation="Città di Esempio", title="Buses on time")

    (row,) = desk.shown()["rows"]
    assert (row["organisation"], row["title"]) == ("Città di Esempio", "Buses on time")
    assert row["citations"] == {"en": "It keeps its word."}
    finalist = next(it for it in desk.shown(PublicationKind.FINALISTS)["rows"] if it["reference"] == "SV-1")
    assert finalist["organisation"] == "Città di Esempio"
    (said,) = desk.shown()["corrected"]
    assert (said["reference"], said["because"]) == ("SV-1", "Its own spelling.")
    states = [
        it.state
        for it in certificates.of_edition(desk.session(), desk.edition)
        if (it.holder, it.language) == (f"nomination:{desk.award().nomination_id}", "en")
    ]
    assert states[0] is CertificateState.REISSUED
    assert desk.award().nomination.state is NominationState.WINNER
    assert desk.office.recount() == []
    assert "prize_corrected" in desk.letters()
    (decided,) = decisions.of_edition(desk.session(), desk.edition, DecisionKind.CORRECTED)
    assert decided.subject["changed"] == ["organisation", "title", "citation.en"]


def test_a_correction_changes_something_and_takes_no_name_away(desk: Desk) -> None:
    with pytest.raises(NothingChanged):
        desk.correct(title=str(desk.award().names["title"]), prize="other")
    with pytest.raises(NotCorrectable) as wrong:
        desk.correct({"en": "x" * 1001}, title=" ", city="y" * 301)
    assert wrong.value.places == ("title", "city", "citation.en")


def test_a_citation_stands_on_no_certificate_so_a_corrected_one_leaves_them_in_force(desk: Desk) -> None:
    desk.correct({"en": "It keeps its word."})

    assert desk.shown()["rows"][0]["citations"] == {"en": "It keeps its word."}
    assert {it.state for it in certificates.of_edition(desk.session(), desk.edition)} == {
        CertificateState.IN_FORCE
    }


def test_of_two_prizes_the_other_one_stays(session: scoped_session[Session], tmp_path: Path) -> None:
    desk = Desk(session, tmp_path, more=MENTION)
    one = desk.award()
    session.add(
        Award(
            edition_id=desk.edition.id,
            nomination_id=one.nomination_id,
            category="services",
            prize="mention",
            by_decision=True,
            names=dict(one.names),
            decision_id=one.decision_id,
        )
    )
    session.flush()
    desk.correct(city="Ulm")
    assert {it["city"] for it in desk.shown()["rows"]} == {"Ulm"}

    desk.revoke()

    assert [it["prize"] for it in desk.shown()["rows"]] == ["mention"]
    assert one.nomination.state is NominationState.WINNER
    assert len(prizes.of_category(session(), desk.edition, "services")) == 1
