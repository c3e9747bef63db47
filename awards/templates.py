"""Templates of certificates: versions of an edition's file and images, what is still undefined in it, and designs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, drawing, editions, signatories, storage
from awards.audit import Actor
from awards.decisions import need_reason
from awards.documents import template
from awards.documents.citation import Citation
from awards.documents.template import Template, TemplateInvalid
from awards.models import CertificateTemplate, Edition, EditionImage
from judging.reading import KEY

__all__ = ["TemplateInvalid"]

FILES = "files"
SIDE, COLOURS = 640, 48
"""Pixels of the longer side of an image, and its colours: a certificate stays small."""
MOST_BYTES = 8 * 2**20
LAST = 2**31 - 1
PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff")
"""How the files begin that are taken: PNG and JPEG."""


class NoSuchTemplate(Exception):
    """The edition's template has no such version."""


class TemplateChanged(Exception):
    """Somebody else has changed the template meanwhile."""


class NoImage(Exception):
    """The file is no picture that can be drawn, or is too large."""


class NameWrong(Exception):
    """An image is called by small letters, figures and hyphens."""


class Lacking(StrEnum):
    """FIELD: nothing gives it a value. IMAGE: none of that name was uploaded. LANGUAGE: the template has no words in
    it. VALUE: a field of the template's own says nothing in a language.
    """

    FIELD = "field"
    IMAGE = "image"
    LANGUAGE = "language"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Lack:
    """Something undefined, that no certificate is issued with: what, and where in the file it is called for."""

    kind: Lacking
    name: str
    place: str = ""
    line: int | None = None


def current(session: Session, edition: Edition) -> CertificateTemplate | None:
    """The version in use; None for the built-in template."""
    return session.scalars(
        select(CertificateTemplate)
        .where(CertificateTemplate.edition_id == edition.id)
        .order_by(CertificateTemplate.version.desc())
        .limit(1)
    ).first()


def versions(session: Session, edition: Edition) -> Sequence[CertificateTemplate]:
    """Every version, the one in use first."""
    return session.scalars(
        select(CertificateTemplate)
        .where(CertificateTemplate.edition_id == edition.id)
        .order_by(CertificateTemplate.version.desc())
    ).all()


def version(session: Session, edition: Edition, number: int) -> CertificateTemplate:
    """One version. Raises NoSuchTemplate."""
    found = session.scalars(
        select(CertificateTemplate).where(
            CertificateTemplate.edition_id == edition.id, CertificateTemplate.version == min(number, LAST)
        )
    ).first()
    if found is None or number > LAST:
        raise NoSuchTemplate(str(number))
    return found


def in_use(session: Session, edition: Edition) -> Template:
    """The edition's template as read."""
    return read(current(session, edition))


def read(row: CertificateTemplate | None) -> Template:
    """A version as read; None is the built-in template."""
    return template.built_in() if row is None else _read(row.source)


@lru_cache(maxsize=32)
def _read(source: str) -> Template:
    return template.read(source)


def languages(session: Session, edition: Edition) -> list[str]:
    """The languages in which certificates are issued: the working language first, as far as there are words in them."""
    rules, made = editions.rules_of(session, edition), in_use(session, edition)
    wanted = made.issue or dict.fromkeys((rules.working_language, *rules.languages))
    return [language for language in wanted if language in made.languages]


def lacks(session: Session, edition: Edition) -> tuple[Lack, ...]:
    """What is undefined in the template in use; while there is anything, no certificate is issued."""
    row, made = current(session, edition), in_use(session, edition)
    source, images = (row.source, row.images) if row else ("", {})
    rules = editions.rules_of(session, edition)
    used = languages(session, edition)
    shown = {*used, *(made.second.get(it, it) for it in used)}
    found = [
        Lack(Lacking.FIELD, name, place, template.line_of(source, place))
        for place, name in template.undefined(made)
        if place.split(".")[0] != "languages" or place.split(".")[1] in shown
    ]
    found += [
        Lack(Lacking.IMAGE, name, place, template.line_of(source, place))
        for name, place in made.called.items()
        if name not in images
    ]
    if not made.issue:
        missing = [it for it in rules.languages if it not in made.languages]
        found += [Lack(Lacking.LANGUAGE, it) for it in missing]
    for name, said in made.values.items():
        place = f"values.{name}"
        found += [
            Lack(Lacking.VALUE, f"{name}.{tag}", place, template.line_of(source, place))
            for tag in sorted(shown)
            if not said.get(tag)
        ]
    return tuple(found)


def images(folder: Path, citation: Citation) -> dict[str, bytes]:
    """The images that a citation's design names, by their SHA-256; `folder` is where files are kept.

    Raises NoSuchFile of `awards.storage`.
    """
    known = dict(citation.design or {})
    wanted = [*known.get("images", ()), *(it for it in known.get("signatures", ()) if it)]
    return {it["sha256"]: storage.locate(folder, it["file"]).read_bytes() for it in wanted}


def unseated(session: Session, edition: Edition, day: date) -> tuple[signatories.Signs, ...]:
    """Those named to sign who are not in office on a day, and so don't."""
    texts = editions.texts_of(session, edition)
    return tuple(it for it in signatories.listed(texts) if not it.on(day))


def save(
    session: Session, edition: Edition, source: str, *, base: int, reason: str, actor: Actor, now: datetime
) -> CertificateTemplate | None:
    """Use this file from now on, as a new version; None where nothing differs. `base`: the version that it was written
    over, 0 for the built-in. What is undefined in it is kept, and blocks issuing.

    Raises TemplateInvalid, TemplateChanged, ReasonMissing.
    """
    editions.lock(session, edition)
    row = current(session, edition)
    _need_base(row, base)
    source = source.replace("\r\n", "\n").strip() + "\n" if source.strip() else ""
    template.read(source)
    if source == (row.source if row else ""):
        return None
    images_ = dict(row.images) if row else {}
    return _put(session, edition, source, images_, reason=need_reason(reason), actor=actor, now=now)


def restore(
    session: Session, edition: Edition, number: int, *, base: int, reason: str, actor: Actor, now: datetime
) -> CertificateTemplate | None:
    """Use an earlier version again, with the images that it had; 0 is the built-in. None where nothing differs.

    Raises NoSuchTemplate, TemplateChanged, TemplateInvalid, ReasonMissing.
    """
    editions.lock(session, edition)
    row = current(session, edition)
    _need_base(row, base)
    earlier = version(session, edition, number) if number else None
    source, images_ = (earlier.source, dict(earlier.images)) if earlier else ("", {})
    template.read(source)
    if row is None or (source, images_) == (row.source, dict(row.images)):
        return None
    return _put(session, edition, source, images_, reason=need_reason(reason), actor=actor, now=now)


def add_image(
    session: Session,
    edition: Edition,
    name: str,
    picture: Image.Image,
    *,
    folder: Path,
    actor: Actor,
    now: datetime,
) -> EditionImage:
    """Keep an image that was drawn anew, under a name that templates call; it replaces one of that name from now on.

    Whoever calls it drops the file where the transaction fails. Raises NameWrong.
    """
    editions.lock(session, edition)
    if not KEY.match(name):
        raise NameWrong(name)
    buffer = BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    png = buffer.getvalue()
    row = EditionImage(
        edition_id=edition.id,
        name=name,
        file=storage.keep(folder, png, suffix=".png"),
        sha256=hashlib.sha256(png).hexdigest(),
        width=picture.width,
        height=picture.height,
        by_id=actor.account.id,
        at=now,
    )
    session.add(row)
    before = current(session, edition)
    known = dict(before.images) if before else {}
    known[name] = {"file": row.file, "sha256": row.sha256, "wide": row.width, "high": row.height}
    _put(session, edition, before.source if before else "", known, reason=name, actor=actor, now=now)
    return row


def drawn_anew(content: bytes) -> Image.Image:
    """The pixels alone of a PNG or JPEG picture, on white, in few colours. Raises NoImage."""
    if not content.startswith(PICTURES) or len(content) > MOST_BYTES:
        raise NoImage(str(len(content)))
    try:
        made = drawing.draw(content, "image/png", most=1, faithful=True)
    except drawing.NotDrawn as error:
        raise NoImage(error.failure.value) from error
    with Image.open(BytesIO(made.pictures[0].large), formats=("WEBP",)) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    few = picture.quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")
    few.info = {}
    return few


def _need_base(row: CertificateTemplate | None, base: int) -> None:
    if (row.version if row else 0) != base:
        raise TemplateChanged(str(base))


def _put(
    session: Session,
    edition: Edition,
    source: str,
    images_: Mapping[str, Any],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> CertificateTemplate:
    before = current(session, edition)
    made = CertificateTemplate(
        edition_id=edition.id,
        version=before.version + 1 if before else 1,
        source=source,
        images=dict(images_),
        reason=reason,
        by_id=actor.account.id,
        at=now,
    )
    session.add(made)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="certificate_template.changed",
        subject=edition.key,
        now=now,
        edition=edition,
        after={"version": made.version, "reason": reason},
    )
    return made
