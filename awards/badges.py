"""Badges: Open Badges of winners and judges, issued with their certificates, revoked, and the keys that sign them.

They have a key of their own, a file under the key folder made at the first badge: the site signs the list of revoked
badges anew every day, and so its key is at hand, while the key of certificates need not be and may be bought, and RSA.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from awards import audit, editions, keys
from awards.audit import Actor
from awards.decisions import need_reason
from awards.documents import badge as pure
from awards.models import (
    Badge,
    Certificate,
    CertificateState,
    Edition,
    Nomination,
    Publication,
    PublicationKind,
)
from awards.models.base import public_id
from judging.values import Json

FOLDER = "badges"
"""Where the keys of badges are, in the key folder."""
WINNER, JUDGE = "winner", "judge"
KINDS = frozenset({WINNER, JUDGE})
PRIVATE, PUBLIC = ".pem", ".json"


class NoBadgeKey(Exception):
    """There is no key that signs badges: none was issued yet, or the files are gone."""


class Standing(StrEnum):
    """DOWN: what the badge is for was public and was taken down."""

    IN_FORCE = "in_force"
    REVOKED = "revoked"
    REISSUED = "reissued"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Shown:
    """A badge as everybody may see it; `later` is the one in its place, where it was reissued."""

    badge: Badge
    standing: Standing
    later: Badge | None = None

    @property
    def credential(self) -> dict[str, Any]:
        return pure.says(self.badge.token)


def issue(
    session: Session,
    edition: Edition,
    certificates: Iterable[Certificate],
    *,
    folder: Path,
    url: str,
    actor: Actor,
    now: datetime,
) -> list[Badge]:
    """Issue a badge for every prize and every judge among certificates, under the names that these say.

    One for all languages of a certificate. Where one is in force that says the same nothing is done; where it says
    something else, it is reissued. `folder` is the key folder, `url` the address of the site.
    """
    editions.lock(session, edition)
    wanted = _by_holder(edition, certificates)
    if not wanted:
        return []
    pem = _signing_key(folder)
    there = {(it.holder, it.kind, it.prize): it for it in _in_force(session, edition)}
    taken = set(session.scalars(select(Badge.place)))
    issued = []
    for key, certificate in wanted.items():
        new = Badge(
            public_id=public_id(),
            edition_id=edition.id,
            nomination_id=certificate.nomination_id,
            judge_id=certificate.judge_id,
            holder=certificate.holder,
            kind=certificate.kind,
            prize=certificate.prize,
            place=_free(taken),
            at=now,
        )
        claim = _claim(session, edition, certificate, new, url)
        if (old := there.get(key)) is not None:
            if pure.says(old.token)["credentialSubject"] == _subject(claim, old):
                continue
            old.state, old.ended_at, old.because = CertificateState.REISSUED, now, ""
            session.flush()
        new.token = pure.sign(pure.credential(claim), pem, url)
        taken.add(new.place)
        session.add(new)
        session.flush()
        issued.append(new)
    if issued:
        _record(session, edition, "badges.issued", issued, actor=actor, now=now)
    return issued


def revoke(
    session: Session,
    edition: Edition,
    *,
    holder: str,
    kind: str = WINNER,
    prize: str | None = None,
    because: str,
    actor: Actor,
    now: datetime,
) -> list[Badge]:
    """End the badges in force of a holder, of one prize or of all; which were. `because` is read by everybody.

    The caller has decided it. Where there is none, or they have ended already, nothing is done. Raises ReasonMissing.
    """
    why = need_reason(because)
    editions.lock(session, edition)
    ended = [
        it
        for it in _in_force(session, edition)
        if it.holder == holder and it.kind == kind and prize in (None, it.prize)
    ]
    for it in ended:
        it.state, it.ended_at, it.because = CertificateState.REVOKED, now, why
    if ended:
        session.flush()
        _record(session, edition, "badges.revoked", ended, actor=actor, now=now, after={"reason": why})
    return ended


def of_edition(session: Session, edition: Edition) -> Sequence[Badge]:
    """All badges of an edition, those that ended included, as they were issued."""
    return session.scalars(select(Badge).where(Badge.edition_id == edition.id).order_by(Badge.id)).all()


def find(session: Session, key: str, now: datetime) -> Shown | None:
    """The badge of an address; None where there is none, or what it is for was never public until now."""
    badge = session.scalars(select(Badge).where(Badge.public_id == key)).first()
    if badge is None:
        return None
    ever = session.scalars(_publications(badge, now)).all()
    reference = _reference(session, badge)
    if not any(_names(it, reference) for it in ever):
        return None
    shown = [it for it in ever if it.taken_down_at is None or it.taken_down_at > now]
    if badge.kind == WINNER and not (
        any(_names(it, reference) for it in shown) or (shown and badge.state is not CertificateState.IN_FORCE)
    ):
        return Shown(badge, Standing.DOWN)
    return Shown(badge, Standing(badge.state.value), _later(session, badge))


def beside(session: Session, certificates: Iterable[Certificate], now: datetime) -> list[Shown]:
    """The badges in force that everybody may see now of those who hold some certificates, for links to them."""
    holders = {(it.edition_id, it.holder) for it in certificates}
    rows = session.scalars(
        select(Badge)
        .where(Badge.holder.in_({holder for _, holder in holders}), Badge.state == CertificateState.IN_FORCE)
        .order_by(Badge.id)
    ).all()
    found = [find(session, it.public_id, now) for it in rows if (it.edition_id, it.holder) in holders]
    return [it for it in found if it is not None and it.standing is Standing.IN_FORCE]


def status_list(session: Session, number: int, *, folder: Path, url: str, now: datetime) -> str:
    """The status list of a number, signed. A badge of which nothing was ever public tells nothing there either.

    Raises NoBadgeKey.
    """
    ended = session.scalars(
        _ever_public(select(Badge.place), now)
        .where(Badge.state != CertificateState.IN_FORCE)
        .order_by(Badge.place)
    ).all()
    document = pure.status_list(url, number, ended, now=now)
    return pure.sign(document, _current(folder), url)


def lists(session: Session, now: datetime) -> int:
    """How many status lists there are to be read: none before anything of a badge was public."""
    last = session.scalar(_ever_public(select(func.max(Badge.place)), now))
    return 0 if last is None else pure.list_of(last)


def latest_edition(session: Session, now: datetime) -> Edition | None:
    """The latest edition of whose badges anything was ever public."""
    rows = _ever_public(select(func.max(Badge.edition_id)), now)
    return session.scalars(select(Edition).where(Edition.id == rows.scalar_subquery())).first()


def _ever_public(query: Select[Any], now: datetime) -> Select[Any]:
    """A query of badges, of those alone of whose category winners were ever public until now."""
    public = exists().where(
        Publication.edition_id == Badge.edition_id,
        Publication.kind == PublicationKind.WINNERS,
        Publication.visible_from <= now,
        or_(Badge.kind == JUDGE, Publication.category == Nomination.category),
    )
    return query.outerjoin(Nomination, Nomination.id == Badge.nomination_id).where(public)


def public_keys(folder: Path) -> list[ECKey]:
    """The keys that sign and signed badges, the present one first. None where there is none yet."""
    place = folder / FOLDER
    if not place.is_dir():
        return []
    signing = [pure.read_key(it.read_bytes()) for it in _numbered(place, PRIVATE)]
    signed = [ECKey.import_key(json.loads(it.read_bytes())) for it in _numbered(place, PUBLIC)]
    found = {pure.key_id(it): it for it in (*reversed(signing), *reversed(signed))}
    return list(found.values())


def renew(session: Session, *, folder: Path, actor: Actor, now: datetime) -> str:
    """Make a new key that signs from now on; of the old one the public half is kept, so that its badges stay good.

    The name of the new key.
    """
    place, old = folder / FOLDER, _numbered(folder / FOLDER, PRIVATE)
    for file in old:
        half = json.dumps(dict(pure.read_key(file.read_bytes()).as_dict(private=False)), sort_keys=True)
        with suppress(FileExistsError):
            keys.keep(place, f"{file.stem}{PUBLIC}", half.encode())
    name = _make(place, _next(place))
    for file in old:
        keys.destroy(place, file.name)
    audit.record(session, actor=actor, action="badges.key_renewed", subject=name, now=now)
    return name


def _by_holder(
    edition: Edition, certificates: Iterable[Certificate]
) -> dict[tuple[str, str, str], Certificate]:
    """Of each holder and prize the certificate whose words the badge takes: the edition's language, else English."""
    ranks = {edition.language: 0, "en": 1}
    found: dict[tuple[str, str, str], Certificate] = {}
    for it in sorted(certificates, key=lambda it: ranks.get(it.language, 2)):
        if it.kind in KINDS and it.state is CertificateState.IN_FORCE:
            found.setdefault((it.holder, it.kind, it.prize), it)
    return found


def _claim(
    session: Session, edition: Edition, certificate: Certificate, badge: Badge, url: str
) -> pure.Claim:
    said, won = certificate.citation, certificate.kind == WINNER
    nomination = session.get(Nomination, certificate.nomination_id) if certificate.nomination_id else None
    page = f"{url}/{edition.key}/winners/{nomination.reference}" if won and nomination is not None else ""
    return pure.Claim(
        url=url,
        key=badge.public_id,
        edition_key=edition.key,
        place=badge.place,
        language=certificate.language,
        association=said["association"],
        edition=said["edition"],
        prize=(said.get("prize") or "") if won else "",
        prize_key=certificate.prize if won else "",
        category=(said.get("category") or "") if won else "",
        category_key=nomination.category if won and nomination is not None else "",
        names=tuple(it for it in (said["nominee"], said.get("nominee_latin")) if it),
        project=(said.get("project") or "") if won else "",
        page=page,
        awarded_on=date.fromisoformat(said["awarded_on"]),
        issued_at=badge.at,
        specimen=edition.specimen,
    )


def _subject(claim: pure.Claim, old: Badge) -> dict[str, Any]:
    """Whom and what a claim is about, as the older badge would say it."""
    subject: dict[str, Any] = pure.credential(claim)["credentialSubject"]
    subject["achievement"]["image"]["id"] = f"{claim.url}/badges/{old.public_id}.svg"
    return subject


def _in_force(session: Session, edition: Edition) -> Sequence[Badge]:
    return session.scalars(
        select(Badge).where(Badge.edition_id == edition.id, Badge.state == CertificateState.IN_FORCE)
    ).all()


def _free(taken: set[int]) -> int:
    """A place that nobody has, drawn, so that it tells nothing of how many there are; lists stay half empty."""
    start = len(taken) // (pure.SIZE // 2) * pure.SIZE
    while (place := start + secrets.randbelow(pure.SIZE)) in taken:
        continue
    return place


def _publications(badge: Badge, now: datetime) -> Any:
    """What was ever public until now of what a badge is for."""
    query = select(Publication).where(
        Publication.edition_id == badge.edition_id,
        Publication.kind == PublicationKind.WINNERS,
        Publication.visible_from <= now,
    )
    if badge.kind == JUDGE:
        return query
    category = select(Nomination.category).where(Nomination.id == badge.nomination_id).scalar_subquery()
    return query.where(Publication.category == category)


def _reference(session: Session, badge: Badge) -> str | None:
    """The reference of the nomination that won; None for a judge."""
    if badge.kind == JUDGE:
        return None
    return session.scalars(select(Nomination.reference).where(Nomination.id == badge.nomination_id)).one()


def _names(published: Publication, reference: str | None) -> bool:
    """Whether a nomination stands in it; a judge belongs to all of them, and stands in none."""
    return reference is None or any(row["reference"] == reference for row in published.document["rows"])


def _later(session: Session, badge: Badge) -> Badge | None:
    """The badge in the place of one that was reissued: the last of the same holder and prize."""
    if badge.state is not CertificateState.REISSUED:
        return None
    return session.scalars(
        select(Badge)
        .where(
            and_(
                Badge.edition_id == badge.edition_id,
                Badge.holder == badge.holder,
                Badge.kind == badge.kind,
                Badge.prize == badge.prize,
                Badge.id > badge.id,
            )
        )
        .order_by(Badge.id.desc())
        .limit(1)
    ).first()


def _signing_key(folder: Path) -> bytes:
    """The key that signs, made where there is none."""
    place = folder / FOLDER
    if not _numbered(place, PRIVATE):
        _make(place, _next(place))
    return _current(folder)


def _current(folder: Path) -> bytes:
    there = _numbered(folder / FOLDER, PRIVATE)
    if not there:
        raise NoBadgeKey
    return there[-1].read_bytes()


def _make(place: Path, number: int) -> str:
    """Keep a new private key whole, or not at all: another process may make one at the same moment."""
    pem, waiting = pure.new_key(), f".{secrets.token_hex(8)}"
    keys.keep(place, waiting, pem)
    with suppress(FileExistsError):
        os.link(place / waiting, place / f"{number:03d}{PRIVATE}")
    (place / waiting).unlink()
    return pure.key_id(pure.read_key((place / f"{number:03d}{PRIVATE}").read_bytes()))


def _next(place: Path) -> int:
    return 1 + max(
        (int(it.stem) for it in (*_numbered(place, PRIVATE), *_numbered(place, PUBLIC))), default=0
    )


def _numbered(place: Path, suffix: str) -> list[Path]:
    return sorted(it for it in place.glob(f"*{suffix}") if it.stem.isdigit())


def _record(
    session: Session,
    edition: Edition,
    action: str,
    found: Sequence[Badge],
    *,
    actor: Actor,
    now: datetime,
    after: dict[str, Json] | None = None,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=edition.key,
        now=now,
        edition=edition,
        after={**(after or {}), "badges": [it.public_id for it in found]},
    )
