"""A nomination with files, secrets and a newer draft, and two judges of whom one is to mark it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from awards import accounts, attachments, uploads
from awards.audit import Actor
from awards.models import (
    Account,
    Assignment,
    AssignmentState,
    Attachment,
    Declaration,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    NominationPartner,
    NominationRevision,
    NominationState,
    Organisation,
    Role,
)
from awards.timetable import Phase
from tests.awards.builders import NOW, Work, edition_of, operator
from tests.awards.uploads import samples

FIELDS = """
[[fields]]
key = "problem"
kind = "text"
name.en = "Problem"
[[fields]]
key = "learning"
kind = "text"
name.en = "Learning"
[[fields]]
key = "references"
kind = "links"
name.en = "Links"
[[fields]]
key = "documents"
kind = "files"
name.en = "Documents"
[[fields]]
key = "pictures"
kind = "pictures"
name.en = "Pictures"
[[fields]]
key = "approval"
kind = "files"
judges = false
name.en = "Letter of the mayor"
[[fields]]
key = "people"
kind = "contacts"
judges = false
name.en = "Who answers questions"
[[fields]]
key = "bank"
kind = "line"
judges = false
name.en = "Bank account"
"""
SECRETS = (
    "Nosy Nominator", "nominator@city.example", "Quiet Contact", "contact@city.example", "ACCOUNT-99",
    "Letter of the mayor", "Bank account", "Who answers questions", "mayor.pdf", "Unsent second thoughts",
    "Partner that declined",
)  # fmt: skip
"""What judges never see of it, by name and content."""
REFERENCE = "SV-01"


@dataclass
class Reading:
    """The nomination, who marks it, and its files by name."""

    edition: Edition
    nomination: Nomination
    assignment: Assignment
    files: dict[str, Attachment]


def settle(
    session: Work, folder: Path, *, document: bytes = b"", phase: Phase = Phase.FIRST_ROUND
) -> Reading:
    """All of it, in an edition whose first round is open."""
    actor = operator(session)
    edition = edition_of(session, actor, fields=FIELDS, phase=phase)
    nominator = _person(session, actor, "nominator@city.example", "Nosy Nominator")
    nomination = Nomination(
        edition_id=edition.id,
        reference=REFERENCE,
        state=NominationState.ELIGIBLE,
        category="services",
        submitted_number=2,
        submitted_at=NOW,
        nominator_id=nominator.id,
        created_at=NOW,
    )
    session.add(nomination)
    session.flush()
    _revise(session, nomination, 1, {})
    who = Actor(account=nominator, real=nominator)
    files = {
        name: attachments.add(
            session(),
            nomination,
            field,
            uploads.inspect(name, content, kinds=uploads.PICTURES if field == "pictures" else uploads.TAKEN),
            folder=folder,
            actor=who,
            now=NOW,
        )
        for field, name, content in (
            ("documents", "budget.pdf", document or samples.pdf(pages=5)),
            ("documents", "figures.xlsx", samples.excel()),
            ("pictures", "square.jpg", samples.picture("JPEG", (1600, 900))),
            ("approval", "mayor.pdf", samples.pdf()),
        )
    }
    standing, newer = _content(files), _content(files) | {"problem": "Unsent second thoughts"}
    _revise(session, nomination, 2, standing)
    _revise(session, nomination, 3, newer)
    for name in ("Twin Town", "Partner that declined"):
        _join(session, nomination, name)
    return Reading(
        edition, nomination, assign(session, edition, nomination, "judge@institute.example"), files
    )


def assign(
    session: Work,
    edition: Edition,
    nomination: Nomination | None,
    email: str,
    *,
    state: AssignmentState = AssignmentState.ISSUED,
) -> Assignment:
    """A judge of the edition, who is to mark that nomination, or none."""
    actor = operator(session, f"appoints {email}")
    account = _person(session, actor, email, f"Example {email.partition('@')[0].title()}")
    accounts.grant(session(), account, Role.JUDGE, edition=edition, actor=actor, now=NOW)
    judge = Judge(
        edition_id=edition.id, account_id=account.id, state=JudgeState.ACCEPTED, conduct_at=NOW, at=NOW
    )
    session.add(judge)
    session.flush()
    found = Assignment(
        judge_id=judge.id, nomination_id=nomination.id if nomination else 0, state=state, at=NOW
    )
    if nomination is not None:
        said = {"judge_id": judge.id, "nomination_id": nomination.id}
        session.add_all([found, Declaration(**said, interest=False, at=NOW)])
        session.flush()
    return found


def _person(session: Work, actor: Actor, email: str, name: str) -> Account:
    return accounts.find_or_make(session(), email, name=name, actor=actor, now=NOW)[0]


def _content(files: dict[str, Attachment]) -> dict[str, Any]:
    return {
        "problem": "Buses came late, and nobody knew when.",
        "references": ["https://city.example/buses?from=here", "javascript:alert(1)"],
        "documents": [files["budget.pdf"].key, files["figures.xlsx"].key, "never-sent.doc"],
        "pictures": [
            {
                "file": files["square.jpg"].key,
                "caption": "The square at noon",
                "alternative": "People on benches",
                "credit": "A. Person",
                "permission": True,
            }
        ],
        "approval": [files["mayor.pdf"].key],
        "people": [{"name": "Quiet Contact", "office": "", "email": "contact@city.example", "phone": ""}],
        "bank": "ACCOUNT-99",
        "not_in_the_form": "ACCOUNT-99",
    }


def _revise(session: Work, nomination: Nomination, number: int, content: dict[str, Any]) -> None:
    session.add(
        NominationRevision(
            nomination_id=nomination.id,
            number=number,
            category="services",
            nominee_kind="project",
            title="Buses that say when they come",
            organisation_name="City of Busan-sur-Mer",
            city="Busan-sur-Mer",
            country="KR",
            language="en",
            summary="A board at every stop.",
            content=content,
            at=NOW,
            sha256=f"{number:064x}",
        )
    )
    session.flush()


def _join(session: Work, nomination: Nomination, name: str) -> None:
    body = Organisation(name=name, folded=name.casefold(), sort_key=name, kind="city", country="KR")
    session.add(body)
    session.flush()
    session.add(
        NominationPartner(
            nomination_id=nomination.id,
            organisation_id=body.id,
            approved_at=None if "declined" in name else NOW,
            declined_at=NOW if "declined" in name else None,
        )
    )
    session.flush()


def settle_another(session: Work, kept: Reading) -> Nomination:
    """A nomination of the same edition that says nothing, and names a file of the first one."""
    nomination = Nomination(
        edition_id=kept.edition.id,
        reference="SV-02",
        state=NominationState.ELIGIBLE,
        category="services",
        submitted_number=1,
        created_at=NOW,
    )
    session.add(nomination)
    session.flush()
    _revise(session, nomination, 1, {"documents": [kept.files["budget.pdf"].key]})
    return nomination
