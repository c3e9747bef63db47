"""What the public pages know of an edition: its texts, its phase, and what has been made public of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import amendments, editions, publication
from awards.models import (
    Edition,
    FrozenStanding,
    Publication,
    PublicationKind,
    PublishedRecord,
    RulesDocument,
    TextsDocument,
    TimetableAmendment,
)
from awards.models.base import Document
from awards.timetable import Deadline, Moment, Phase
from awards.web.texts import Names, Text, choose
from judging.rules import Rules

YEAR = re.compile(r"(?:^|[^0-9])((?:19|20)[0-9]{2})$")


class Standing(StrEnum):
    """Under which heading the front page lists an edition."""

    OPEN = "open"
    RUNNING = "running"
    PAST = "past"


class Announced(StrEnum):
    """What is public while the rest is being settled: finalists of some categories or of all, or winners of some."""

    SOME = "some"
    ALL = "all"
    WINNERS = "winners"


@dataclass(frozen=True)
class Face:
    """An edition as the public sees it. `timetable` holds every amendment; `released`: winners may be shown."""

    edition: Edition
    texts: Document
    timetable: Sequence[TimetableAmendment]
    released: bool

    @property
    def key(self) -> str:
        return self.edition.key

    @cached_property
    def name(self) -> Text:
        """The programme's name with the year of the edition: that of its key, else of its ceremony."""
        name, ceremony = self.say("name"), self.moment(Moment.CEREMONY)
        year = YEAR.search(self.key)
        number = year[1] if year else str(ceremony.local.year) if ceremony else ""
        return Text(f"{name} {number}", name.language) if number and number not in name.text else name

    def say(self, text: str) -> Text:
        return choose(self.texts.get(text), self.edition.language)

    def quote(self, text: str) -> Text:
        """What somebody wrote for this edition, in its working language."""
        return Text(text, self.edition.language)

    @property
    def names(self) -> Names:
        return Names(self.texts, self.edition.language)

    @property
    def phase(self) -> Phase:
        """The phase; until the embargo ends a published edition is one whose result is settled."""
        stored = self.edition.phase
        return Phase.DECIDED if stored in (Phase.PUBLISHED, Phase.ARCHIVED) and not self.released else stored

    @property
    def standing(self) -> Standing:
        if self.phase is Phase.NOMINATIONS:
            return Standing.OPEN
        return Standing.PAST if self.phase in (Phase.PUBLISHED, Phase.ARCHIVED) else Standing.RUNNING

    def in_order(self, published: Iterable[Publication], rules: Rules) -> list[Publication]:
        """What was published of categories, in the order of the rules."""
        order = {category.key: number for number, category in enumerate(rules.categories)}
        return sorted(published, key=lambda found: order[found.category])

    def moment(self, wanted: Moment) -> Deadline | None:
        """A moment as it was last stated."""
        last = None
        for change in self.timetable:
            if change.moment is wanted:
                last = Deadline(datetime.fromisoformat(change.local), change.zone, change.at_utc)
        return last


@dataclass(frozen=True)
class Shown:
    """What of an edition may be shown now; `down`: categories whose winners were public and were taken down, and what
    stood there.
    """

    finalists: tuple[Publication, ...]
    winners: tuple[Publication, ...]
    record: PublishedRecord | None
    down: tuple[Publication, ...] = ()

    @property
    def down_in(self) -> tuple[str, ...]:
        """The categories whose winners were taken down."""
        return tuple(dict.fromkeys(it.category for it in self.down))

    @property
    def is_down(self) -> bool:
        """Whether winners were public, and none are now."""
        return bool(self.down) and not self.winners

    def was_public(self, reference: str) -> bool:
        """Whether a nomination stood among winners that were taken down, or its prize was revoked."""
        stood = [row for it in self.down for row in it.document["rows"]]
        stood += [row for it in self.winners for row in it.document.get("revoked", ())]
        return any(row["reference"] == reference for row in stood)


def all_faces(session: Session, now: datetime) -> list[Face]:
    """Every edition but those in preparation, the latest first."""
    query = select(Edition).where(Edition.phase != Phase.DRAFT)
    return _faces(
        session, session.scalars(query.order_by(Edition.created_at.desc(), Edition.id.desc())).all(), now
    )


def face_of(session: Session, key: str, now: datetime) -> Face | None:
    """One edition; None where there is none of that key, or it is in preparation."""
    query = select(Edition).where(Edition.key == key, Edition.phase != Phase.DRAFT)
    return next(iter(_faces(session, session.scalars(query).all(), now)), None)


def faces_of(session: Session, wanted: Sequence[Edition], now: datetime) -> dict[int, Face]:
    """These editions by row number, in preparation or not, for people who have to do with them."""
    return {face.edition.id: face for face in _faces(session, wanted, now)}


def worded(session: Session, edition: Edition, texts: Document) -> Face:
    """An edition's texts and dates alone, for pages that show nothing of a result: as if none were released."""
    timetable = session.scalars(
        select(TimetableAmendment)
        .where(TimetableAmendment.edition_id == edition.id)
        .order_by(TimetableAmendment.number)
    ).all()
    return Face(edition, texts, timetable, released=False)


def earlier(session: Session, face: Face, now: datetime) -> list[Face]:
    """The programme's other editions whose winners may be shown, the latest first."""
    query = select(Edition).where(
        Edition.programme_id == face.edition.programme_id,
        Edition.id != face.edition.id,
        Edition.phase.in_((Phase.PUBLISHED, Phase.ARCHIVED)),
    )
    found = session.scalars(query.order_by(Edition.created_at.desc(), Edition.id.desc())).all()
    return [other for other in _faces(session, found, now) if other.released]


def where_it_stands(session: Session, faces: Sequence[Face], now: datetime) -> dict[int, Announced]:
    """The editions, by row number, whose shortlists are being settled while finalists are public, of all categories
    that have a standing or of some; and those whose winners are public in some categories."""
    found = {
        it.edition.id: Announced.WINNERS for it in faces if it.edition.phase is Phase.DECIDED and it.released
    }
    settling = [it.edition.id for it in faces if it.phase is Phase.DELIBERATION]
    if not settling:
        return found
    public = publication.categories_shown(session, settling, PublicationKind.FINALISTS, now)
    counted = session.execute(
        select(FrozenStanding.edition_id, func.count(FrozenStanding.category.distinct()))
        .where(FrozenStanding.edition_id.in_(settling))
        .group_by(FrozenStanding.edition_id)
    )
    return found | {
        edition: Announced.ALL if public[edition] >= number else Announced.SOME
        for edition, number in counted
        if public.get(edition)
    }


def only_specimens(session: Session) -> bool:
    """Whether every edition of the site is an example: then pages that are about none say so too."""
    return set(session.scalars(select(Edition.specimen).distinct())) == {True}


def _faces(session: Session, wanted: Sequence[Edition], now: datetime) -> list[Face]:
    if not wanted:
        return []
    numbers = [edition.id for edition in wanted]
    texts = _latest_texts(session, numbers)
    timetables: dict[int, list[TimetableAmendment]] = {}
    for change in session.scalars(
        select(TimetableAmendment)
        .where(TimetableAmendment.edition_id.in_(numbers))
        .order_by(TimetableAmendment.number)
    ):
        timetables.setdefault(change.edition_id, []).append(change)
    released = publication.released(session, numbers, now)
    return [Face(e, texts.get(e.id, {}), timetables.get(e.id, []), e.id in released) for e in wanted]


def _latest_texts(session: Session, numbers: Sequence[int]) -> dict[int, Document]:
    latest = (
        select(TextsDocument.edition_id, func.max(TextsDocument.version).label("version"))
        .where(TextsDocument.edition_id.in_(numbers))
        .group_by(TextsDocument.edition_id)
        .subquery()
    )
    same = (TextsDocument.edition_id == latest.c.edition_id) & (TextsDocument.version == latest.c.version)
    return {
        text.edition_id: text.document for text in session.scalars(select(TextsDocument).join(latest, same))
    }


def rules_documents(session: Session, edition: Edition) -> Sequence[RulesDocument]:
    """The rules as loaded and every amendment, the one in force last."""
    return amendments.history(session, edition)


def latest_rules(session: Session, numbers: Sequence[int]) -> dict[int, Rules]:
    """The rules in force of some editions, by row number, after one query."""
    return {number: read(document) for number, document in latest_documents(session, numbers).items()}


def latest_documents(session: Session, numbers: Sequence[int]) -> dict[int, RulesDocument]:
    """The same as documents, with their hashes."""
    found = session.scalars(
        select(RulesDocument).where(RulesDocument.edition_id.in_(numbers)).order_by(RulesDocument.number)
    )
    return {document.edition_id: document for document in found}


def read(document: RulesDocument) -> Rules:
    """The rules of a document."""
    return editions.read(document)


def shown(session: Session, face: Face, rules: Rules, now: datetime) -> Shown:
    """What may be shown of an edition now, by category in the order of the rules."""
    kinds = (PublicationKind.FINALISTS, PublicationKind.WINNERS)
    found = publication.visible_kinds(session, face.edition, kinds, now)
    finalists, winners = (face.in_order(found[kind], rules) for kind in kinds)
    record = None
    ever = publication.outings(session, face.edition)
    if winners and face.phase in (Phase.PUBLISHED, Phase.ARCHIVED):
        named = {it.category for it in ever}
        record = _record(session, face.edition) if named <= {found.category for found in winners} else None
    down = publication.were_public(session, ever, now)
    return Shown(tuple(finalists), tuple(winners), record, tuple(face.in_order(down, rules)))


def _record(session: Session, edition: Edition) -> PublishedRecord | None:
    """The public record. The caller knows that all which it names may be shown."""
    return session.scalars(
        select(PublishedRecord)
        .where(PublishedRecord.edition_id == edition.id)
        .order_by(PublishedRecord.number.desc())
        .limit(1)
    ).first()
