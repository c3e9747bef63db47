"""Correcting what is public of a prize, names, titles and the citation, by two; who has won stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from awards import (
    approvals,
    audit,
    citations,
    consequences,
    decisions,
    editions,
    mending,
    naming,
    prizes,
    publication,
)
from awards.certificates import Unprintable
from awards.mending import Hand
from awards.models import Approval, Award, Decision, DecisionKind, Edition, PublicationKind
from awards.models.base import Document
from awards.notices import Template
from awards.writing import cleaned
from judging.values import Json

LONGEST = 300
_NAME = re.compile(r"(organisation|city|title)|(organisation_names|titles)\.[a-zA-Z-]{2,12}")
NEEDED = ("organisation", "title")


class NothingChanged(Exception):
    """Nothing differs from what stands."""


class NotCorrectable(Exception):
    """Names and titles have at most 300 characters, a citation 1,000, and neither name nor title may be empty.

    `places` are the keys of those that are wrong.
    """

    def __init__(self, places: tuple[str, ...]) -> None:
        super().__init__(", ".join(places))
        self.places = places


def changes(
    award: Award, names: Mapping[str, str], why_won: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Of names (`organisation`, `titles.ko`, ...) and citations by language those that differ from what stands.

    Raises NotCorrectable.
    """
    tidy = {key: " ".join(text.split()) for key, text in names.items() if _NAME.fullmatch(key)}
    wanted = {key: text for key, text in tidy.items() if text != stands(award.names, key)}
    cited = {
        tag: text for tag, said in why_won.items() if (text := cleaned(said)) != award.citations.get(tag, "")
    }
    wrong = [
        *(key for key, text in wanted.items() if len(text) > LONGEST or (not text and key in NEEDED)),
        *(f"citation.{tag}" for tag, text in cited.items() if len(text) > citations.LONGEST),
    ]
    if wrong:
        raise NotCorrectable(tuple(wrong))
    return wanted, cited


def stands(names: Document, key: str) -> str:
    """A name as it stands, by its key; `titles.ko` is one of several languages."""
    part, _, language = key.partition(".")
    found: Any = names.get(part) or ""
    if language:
        found = (found or {}).get(language, "") if isinstance(found, Mapping) else ""
    return str(found)


def propose(
    session: Session,
    edition: Edition,
    award: Award,
    *,
    names: Mapping[str, str],
    why_won: Mapping[str, str],
    reason: str,
    hand: Hand,
) -> Approval:
    """Propose other names, titles or another citation; somebody else approves.

    Raises NotGiven, NotPublic, MayNotMend, NothingChanged, NotCorrectable, Unprintable, ReasonMissing,
    ProposalWaits.
    """
    editions.lock(session, edition)
    mending.need(session, edition, award, hand.now)
    mending.need_unbound(session, edition, [award.nomination], actor=hand.actor)
    about = _subject(session, edition, award, names, why_won, hand)
    _need_drawn(session, edition, award, about["names"])
    return approvals.propose(
        session, edition, mending.ACT, about, reason=reason, actor=hand.actor, now=hand.now
    )


def approve(session: Session, edition: Edition, sha256: str, hand: Hand) -> Decision:
    """Approve it: pages, certificates and the record say it as it is right, by a decision of both.

    Raises NoProposal, SamePerson, SubjectChanged, NotGiven, NotPublic, MayNotMend, StandChanged, EvidenceDiffers.
    """
    approval, award = mending.take(session, edition, mending.CORRECT, sha256, actor=hand.actor, now=hand.now)
    approvals.approve(session, edition, approval, actor=hand.actor, now=hand.now)
    first = approvals.first_signature(session, approval)
    return _correct(session, edition, award, approval.subject, approval.reason, hand, proposed_by=first)


def correct_alone(
    session: Session,
    edition: Edition,
    reference: str,
    prize: str,
    *,
    names: Mapping[str, str],
    why_won: Mapping[str, str],
    reason: str,
    hand: Hand,
) -> Decision:
    """Correct it as the operator at the shell. Raises NoSuchNomination, NotGiven, NotPublic, NothingChanged,
    NotCorrectable, ReasonMissing, NeedsTwoPeople, EvidenceDiffers.
    """
    editions.lock(session, edition)
    award = mending.find(session, edition, reference, prize)
    mending.need(session, edition, award, hand.now)
    about = _subject(session, edition, award, names, why_won, hand)
    why = mending.alone(session, edition, about, reason=reason, actor=hand.actor, now=hand.now)
    return _correct(session, edition, award, about, why, hand, proposed_by=None)


def _subject(
    session: Session,
    edition: Edition,
    award: Award,
    names: Mapping[str, str],
    why_won: Mapping[str, str],
    hand: Hand,
) -> dict[str, Json]:
    wanted, cited = changes(award, names, why_won)
    if not wanted and not cited:
        raise NothingChanged(award.prize)
    more: dict[str, Json] = {"names": {**wanted}, "citations": {**cited}}
    return mending.subject(session, edition, award, mending.CORRECT, hand.now, **more)


def _need_drawn(session: Session, edition: Edition, award: Award, wanted: Any) -> None:
    """Raises Unprintable where a certificate could not say what is wanted."""
    before = award.names
    with session.no_autoflush:
        try:
            award.names = naming.renamed(before, wanted)
            signs = consequences.undrawn(session, edition, award)
        finally:
            award.names = before
    if signs:
        raise Unprintable([(award.nomination.reference, signs)])


def _correct(
    session: Session,
    edition: Edition,
    award: Award,
    about: Mapping[str, Any],
    reason: str,
    hand: Hand,
    *,
    proposed_by: Mapping[str, Json] | None,
) -> Decision:
    """The names of every prize of the nomination, the citation of the one."""
    nomination, wanted, cited = award.nomination, dict(about["names"]), dict(about["citations"])
    before = {"names": dict(award.names), "citations": dict(award.citations)}
    mine = [
        it for it in prizes.of_category(session, edition, award.category) if it.nomination_id == nomination.id
    ]
    after = naming.renamed(award.names, wanted)
    changed: list[Json] = [*sorted(wanted), *sorted(f"citation.{tag}" for tag in cited)]
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.CORRECTED,
        actor=hand.actor,
        now=hand.now,
        category=award.category,
        nomination=nomination,
        subject={
            "category": award.category,
            "nomination": nomination.reference,
            "prize": award.prize,
            "changed": changed,
        },
        names={nomination.reference: dict(after)},
        reason=reason,
        proposed_by=proposed_by,
    )
    award.citations = {tag: text for tag, text in (dict(award.citations) | cited).items() if text}
    for it in mine:
        it.names = naming.renamed(it.names, wanted)
    session.flush()
    for it in mine if wanted else ():  # why it won stands on no certificate
        consequences.make_anew(session, edition, it, decision, hand)
    audit.record(
        session,
        actor=hand.actor,
        action="award.corrected",
        subject=f"{nomination.reference} {award.prize}",
        now=hand.now,
        edition=edition,
        before=before,
        after={"names": dict(award.names), "citations": dict(award.citations)},
    )
    if wanted:
        _rename_finalist(session, edition, award, wanted, hand)
    mending.show(session, edition, award.category, decision, hand)
    _tell(session, edition, award, decision, hand)
    return decision


def _rename_finalist(
    session: Session, edition: Edition, award: Award, wanted: Mapping[str, str], hand: Hand
) -> None:
    """Among the finalists the same names stand."""
    before = publication.latest(session, edition, award.category, PublicationKind.FINALISTS)
    if before is None:
        return
    reference = award.nomination.reference
    rows = [
        naming.renamed(row, wanted) if row["reference"] == reference else row
        for row in before.document["rows"]
    ]
    publication.publish(
        session,
        edition,
        award.category,
        PublicationKind.FINALISTS,
        {**before.document, "rows": rows},
        visible_from=max(before.visible_from, hand.now),
    )


def _tell(session: Session, edition: Edition, award: Award, decision: Decision, hand: Hand) -> None:
    """Whose prize it is; and, where it is shown now, the table and the press."""
    about: dict[str, Json] = {"prize": award.prize, "reason": decision.reason}
    mending.tell_writers(
        session, edition, Template.PRIZE_CORRECTED, [award.nomination], about, decision=decision, now=hand.now
    )
    if mending.is_shown(session, edition, award.category, hand.now):
        more: dict[str, Json] = {
            **about,
            "whose": str(award.names["organisation"]),
            "mended": mending.CORRECT,
        }
        mending.tell_others(session, edition, award.category, more, decision=decision, now=hand.now)
