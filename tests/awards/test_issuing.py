"""Issuing: two people, the worker that draws and signs, what breaks off half-way, recalling what was issued."""

import errno
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import approvals, certificates, issued, issuing, proofs, publishing, recalling, storage, templates
from awards.approvals import SamePerson
from awards.audit import Actor
from awards.authority import roots
from awards.certificates import NothingToCertify, ProofsMissing
from awards.cli import signing_checks
from awards.decisions import NeedsTwoPeople
from awards.documents import CertificateKind
from awards.documents.verifying import verify
from awards.issuing import WantedChanged
from awards.jobs import STALE, tick
from awards.jobs.signing import issue_next
from awards.models import (
    Approval,
    Award,
    Badge,
    Certificate,
    CertificateState,
    Decision,
    DecisionKind,
    Issuance,
    IssuanceState,
    Job,
    Outbox,
    Role,
)
from awards.recalling import What
from tests import authority
from tests.awards import certified, desks
from tests.awards.contest import FINALISTS, JUDGES, Contest, address

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
URL = "https://awards.example.org"
WINNER = ("winner:services",)


class Office:
    """An edition decided and not public: SV-1 has the best prize. Two organisers, Olga and Omar."""

    def __init__(self, session: scoped_session[Session], folder: Path) -> None:
        self.contest = Contest(session, folder)
        self.contest.opened()
        self.contest.vote(*((address(name), *FINALISTS) for name in JUDGES))
        self.contest.close()
        self.contest.sign()
        self.session, self.edition, self.folder = session(), self.contest.edition, folder
        self.now = datetime.now(UTC)
        self.olga, self.omar = (
            Actor(account, account)
            for account in (
                desks.appointed(session, self.edition, f"{name}@city.example", Role.ORGANISER)
                for name in ("olga", "omar")
            )
        )

    def approve_proofs(self) -> None:
        certified.approve_proofs(self.session, self.edition, self.olga, self.now)

    def propose(self, *groups: str) -> str:
        return issuing.propose(
            self.session,
            self.edition,
            groups or WINNER,
            reason="The board agrees.",
            url=URL,
            actor=self.olga,
            now=self.now,
        ).subject_sha256

    def design(self, source: str) -> None:
        templates.save(
            self.session, self.edition, source, base=0, reason="Nicer.", actor=self.olga, now=self.now
        )

    def approve(self, sha256: str, actor: Actor | None = None) -> list[Certificate]:
        return issuing.approve(
            self.session, self.edition, sha256, url=URL, actor=actor or self.omar, now=self.now
        )

    def issue(self, *groups: str) -> list[Certificate]:
        self.approve_proofs()
        return self.approve(self.propose(*groups))

    def sign(self) -> int:
        return certified.sign(self.session, self.folder, self.olga, self.now)

    def step(self) -> Job | None:
        """One piece of work, without an authority unless there is one."""
        work = certified.work(self.session, self.folder, self.olga, self.now)
        return issue_next(work, begin=lambda: None, commit=self.session.commit, clock=lambda: self.now)

    def file(self, certificate: Certificate) -> bytes:
        return issued.locate(self.folder / "files", certificate).read_bytes()

    def issuance(self) -> Issuance:
        return issuing.of_edition(self.session, self.edition)[0]

    def propose_to_recall(self, certificate: Certificate, what: What, because: str) -> Approval:
        return recalling.propose(
            self.session, self.edition, certificate, what, reason=because, actor=self.olga, now=self.now
        )

    def recall(self, certificate: Certificate, what: What, because: str) -> Certificate | None:
        return self.recall_proposed(certificate, self.propose_to_recall(certificate, what, because))

    def recall_proposed(self, certificate: Certificate, proposal: Approval) -> Certificate | None:
        return recalling.approve(
            self.session,
            self.edition,
            certificate,
            proposal.subject_sha256,
            url=URL,
            actor=self.omar,
            now=self.now,
        )

    def release(self) -> None:
        files, operator = self.folder / "files", self.contest.actor
        publishing.release(self.session, self.edition, folder=files, actor=operator, now=self.now)

    def letters_to(self, email: str) -> list[str]:
        query = select(Outbox.template).where(Outbox.recipient == email).order_by(Outbox.id)
        return [it for it in self.session.scalars(query) if it.startswith("certificate_")]

    def stored(self) -> list[str]:
        return sorted(it.name for it in (self.folder / "files").glob("*.pdf*"))


@pytest.fixture
def office(session: scoped_session[Session], tmp_path: Path) -> Office:
    return Office(session, tmp_path)


def test_nothing_is_issued_before_its_proof_is_approved_and_two_people_say_so(office: Office) -> None:
    with pytest.raises(ProofsMissing):
        office.propose()
    with pytest.raises(NothingToCertify):
        office.propose("finalist:services")
    office.approve_proofs()
    with pytest.raises(NeedsTwoPeople):
        certificates.issue(office.session, office.edition, url=URL, actor=office.olga, now=office.now)
    proposal = office.propose()
    with pytest.raises(SamePerson):
        office.approve(proposal, office.olga)

    (made,) = office.approve(proposal)

    decision = office.session.scalars(
        select(Decision).where(Decision.kind == DecisionKind.CERTIFICATES)
    ).one()
    assert (decision.subject, len(decision.signers)) == ({"certificates": [made.number]}, 2)
    assert (made.kind, made.sha256, office.issuance().steps) == ("winner", "", 1)
    assert office.issue("judge:")[0].judge_id is not None


def test_what_was_approved_holds_for_what_was_looked_at_alone(office: Office) -> None:
    award = office.session.scalars(select(Award)).one()
    office.approve_proofs()
    proposal = office.propose()

    award.names = {**award.names, "title": "Another title"}
    office.session.flush()

    with pytest.raises(WantedChanged):
        office.approve(proposal)
    (left,) = certificates.wanted(office.session, office.edition, groups=WINNER, url=URL)
    assert (left.approved, left.ready) == (False, False)
    with pytest.raises(proofs.ProofChanged):
        proofs.approve(
            office.session, office.edition, [left.proof], seen="0" * 64, actor=office.olga, now=office.now
        )


def test_what_two_people_issue_looks_as_it_did_when_it_was_proposed(office: Office) -> None:
    office.approve_proofs()
    proposal = office.propose()

    office.design('border = "none"\n')

    with pytest.raises(WantedChanged):
        office.approve(proposal)
    (left,) = certificates.wanted(office.session, office.edition, groups=WINNER, url=URL)
    assert left.ready, "what the holder approved is what it says"


def test_both_languages_of_a_sheet_bear_its_number_and_code(office: Office) -> None:
    office.design('[second]\nen = "ko"\n\n[languages.ko]\nsentence = "{number} {code} {address}"\n')

    (made,) = office.issue()

    second = made.citation["second"]
    assert (second["number"], second["code"]) == (made.number, made.code)
    assert second["verify_url"] == f"{URL}/verify/{made.code}"


def test_finalists_are_not_certified_while_who_has_won_is_secret(office: Office) -> None:
    from awards import finalists

    finalists.announce(office.session, office.edition, actor=office.contest.actor, now=office.contest.now)

    kinds = {it.proof.honour.kind for it in certificates.wanted(office.session, office.edition, url=URL)}

    assert kinds == {CertificateKind.WINNER, CertificateKind.JUDGE}
    of_all = {
        it.kind
        for name in FINALISTS
        if (it := proofs.as_finalist(office.session, office.edition, office.contest.nomination(name)))
    }
    assert of_all == {CertificateKind.FINALIST}, "on their own pages all finalists read the same"


def test_each_is_signed_once_kept_as_signed_and_the_badge_follows(office: Office) -> None:
    (made,) = office.issue()

    assert (office.sign(), office.sign()) == (1, 0)

    pdf = office.file(made)
    assert verify(pdf, roots(office.session)).good
    assert (made.serial, made.page_sha256 != made.sha256) == (authority.signer().serial, True)
    assert (office.issuance().state, office.issuance().done) == (IssuanceState.DONE, 1)
    assert [it.holder for it in office.session.scalars(select(Badge))] == [made.holder]
    assert office.stored() == [made.file]


def test_a_worker_that_was_killed_half_way_is_followed_by_one_that_signs_the_rest(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = office.issue("winner:services", "judge:")
    authority.appoint(office.session, office.folder / "keys")
    monkeypatch.setattr(issuing, "AT_ONCE", 2)
    keep, calls = storage.keep_as, []

    def killed(folder: Path, key: str, content: bytes) -> None:
        calls.append(key)
        if len(calls) == 4:
            (folder / f"{key}.part").write_bytes(b"half")
            raise KeyboardInterrupt
        keep(folder, key, content)

    with monkeypatch.context() as broken:
        broken.setattr(storage, "keep_as", killed)
        with pytest.raises(KeyboardInterrupt):
            office.step()
    office.session.rollback()
    assert sum(issued.is_signed(it) for it in made) == 2
    before = {it.number: it.sha256 for it in made if issued.is_signed(it)}
    office.now += STALE

    assert office.step() is None, "the work is still somebody's until it counts as stopped"
    assert tick(certified.work(office.session, office.folder, office.olga, office.now)).jobs == 1
    assert office.step() is not None

    assert all(issued.is_signed(it) for it in made)
    assert before.items() <= {it.number: it.sha256 for it in made}.items()
    assert office.stored() == sorted(it.file for it in made), "nothing is left of what broke off"
    assert (office.issuance().done, office.issuance().state) == (len(made), IssuanceState.DONE)


@pytest.mark.parametrize("lacks", ["key", "room"])
def test_what_only_people_can_mend_stops_the_worker_until_it_is_let_go_on(
    office: Office, monkeypatch: pytest.MonkeyPatch, lacks: str
) -> None:
    (made,) = office.issue()
    if lacks == "room":
        authority.appoint(office.session, office.folder / "keys")

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(storage, "keep_as", full)

    office.step()

    assert (office.issuance().state, office.issuance().answer) == (
        IssuanceState.STOPPED,
        {"key": "NoSigningKey", "room": "DiskFull"}[lacks],
    )
    assert (office.step(), made.sha256) == (None, "")
    monkeypatch.undo()
    issuing.go_on(office.session, office.edition, office.issuance(), actor=office.omar, now=office.now)
    with pytest.raises(issuing.NotStopped):
        issuing.go_on(office.session, office.edition, office.issuance(), actor=office.omar, now=office.now)
    assert office.sign() == 1
    assert issued.is_signed(made)


def test_a_file_that_was_lost_is_named_and_keeps_no_other_back(office: Office) -> None:
    office.issue("winner:services", "judge:")
    office.sign()
    found = list(certificates.of_edition(office.session, office.edition))
    files = office.folder / "files"
    (files / found[0].file).unlink()
    into = BytesIO()

    assert issued.missing(files, found) == found[:1]
    assert issued.bundle(files, found, into) == len(found) - 1
    with ZipFile(into) as archive:
        rows = archive.read("index.csv").decode().splitlines()
        assert len(archive.namelist()) == len(found)
    assert issued.name_of(found[0]) not in rows[1]
    said = [*signing_checks.wrong(office.session, office.folder / "keys", {"LAURELS_DEMO": ""}, office.now)]
    assert any(f"the first {found[0].number}. Put the folder files back" in it for it in said)


def test_what_was_issued_before_files_were_signed_is_signed_too(office: Office) -> None:
    (made,) = office.issue()
    office.session.query(Job).filter_by(kind=certificates.SIGN).delete()
    made.issuance_id = None
    office.session.flush()
    work = certified.work(office.session, office.folder, office.olga, office.now)

    assert (tick(work).unsigned, tick(work).unsigned) == (1, 0)
    assert office.sign() == 1
    assert verify(office.file(made), roots(office.session)).good


def test_a_certificate_issued_anew_follows_the_old_one_and_a_revoked_one_takes_its_badge_along(
    office: Office,
) -> None:
    (old,) = office.issue()
    office.sign()
    writer = desks.account_of(office.session, "wilma@city.example", "Wilma")
    office.contest.nomination("SV-1").nominator_id = writer.id
    award = office.session.scalars(select(Award)).one()
    award.names = {**award.names, "title": "The title as it should be"}
    office.session.flush()
    office.release()

    new = office.recall(old, What.REISSUE, "A misspelt title.")

    assert new is not None
    assert (old.state, old.because, new.replaces_id) == (
        CertificateState.REISSUED,
        "A misspelt title.",
        old.id,
    )
    assert new.citation["project"] == "The title as it should be"
    assert issued.followed_by(office.session, old) is new
    with pytest.raises(certificates.NotInForce):
        office.recall(old, What.REVOKE, "Twice.")
    proposal = office.propose_to_recall(new, What.REISSUE, "Once more.")
    award.names = {**award.names, "title": "Changed after it was proposed"}
    office.session.flush()
    with pytest.raises(recalling.SaysOtherwise):
        office.recall_proposed(new, proposal)
    approvals.end(office.session, office.edition, proposal, actor=office.olga, now=office.now)
    office.sign()
    assert verify(office.file(new), roots(office.session)).good
    assert office.file(old), "the old file stays as it was signed"

    assert office.recall(new, What.REVOKE, "Given by mistake.") is None
    assert [it.state for it in office.session.scalars(select(Badge))] == [CertificateState.REVOKED]
    assert office.letters_to("wilma@city.example") == ["certificate_reissued", "certificate_revoked"]


def test_what_is_issued_or_recalled_before_the_release_is_told_to_nobody(office: Office) -> None:
    """A letter about a certificate would tell its holder who has won."""
    writer = desks.account_of(office.session, "wilma@city.example", "Wilma")
    office.contest.nomination("SV-1").nominator_id = writer.id
    before = len(office.session.scalars(select(Outbox)).all())
    (old,) = office.issue()
    office.sign()
    award = office.session.scalars(select(Award)).one()
    award.names = {**award.names, "title": "The title as it should be"}
    office.session.flush()

    new = office.recall(old, What.REISSUE, "A misspelt title.")
    assert new is not None
    office.sign()
    office.recall(new, What.REVOKE, "Given by mistake.")

    assert len(office.session.scalars(select(Outbox)).all()) == before
