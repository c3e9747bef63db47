"""Scans: the pictures and PDFs from which sheets are typed; they belong to no nomination."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import attachments, storage
from awards.audit import Actor
from awards.models import Attachment, AttachmentState, Typing
from awards.uploads import Accepted

SCAN = "scan"


def keep(session: Session, accepted: Accepted, *, folder: Path, actor: Actor, now: datetime) -> Attachment:
    """Keep a scan; it belongs to no nomination, and whoever uploaded it uses it for what they type."""
    file = storage.keep(folder, accepted.content, suffix=accepted.suffix)
    session.info.setdefault(attachments.NEW_FILES, []).append((folder, file))
    scan = Attachment(
        nomination_id=None,
        field=SCAN,
        name=accepted.name,
        media_type=accepted.media_type,
        size=len(accepted.content),
        sha256=hashlib.sha256(accepted.content).hexdigest(),
        state=AttachmentState.CLEAN,
        file=file,
        uploaded_by_id=actor.account.id,
        at=now,
    )
    session.add(scan)
    session.flush()
    return scan


def own(session: Session, key: str, *, actor: Actor) -> Attachment | None:
    """A scan that who acts has uploaded."""
    return session.scalars(
        select(Attachment).where(
            Attachment.key == key,
            Attachment.field == SCAN,
            Attachment.nomination_id.is_(None),
            Attachment.uploaded_by_id == actor.account.id,
        )
    ).first()


def of(session: Session, typing: Typing) -> Attachment | None:
    """The scan from which a sheet was typed."""
    return session.get(Attachment, typing.scan_id) if typing.scan_id is not None else None
