"""Reading the outbox as the worker does: what was queued, and the link and code that it makes when it sends."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from awards import invitations, links
from awards.audit import Actor
from awards.models import Account, Invitation, Outbox
from awards.notices import Template


def queued(app: Flask) -> list[tuple[str, str]]:
    """Template and recipient of everything that waits."""
    from awards.extensions import db

    with app.app_context():
        return [(it.template, it.recipient) for it in db.session.scalars(select(Outbox).order_by(Outbox.id))]


def last_sign_in(app: Flask) -> links.SignIn:
    """What the last mail to sign in with holds, made as the worker makes it."""
    from awards.extensions import begin_writing, db

    with app.app_context():
        begin_writing()
        message = db.session.scalars(
            select(Outbox)
            .where(Outbox.template.in_((Template.SIGN_IN.value, Template.SIGN_UP.value)))
            .order_by(Outbox.id.desc())
        ).first()
        assert message is not None
        assert message.account_id is not None
        account = db.session.get_one(Account, message.account_id)
        made = links.make_sign_in(
            db.session(),
            account,
            request_hash=str(message.arguments["request"]),
            actor=Actor(account=account, real=account),
            now=datetime.now(UTC),
        )
        db.session.commit()
    return made


def invitation_link(app: Flask) -> str:
    """The address in the last mail that invites somebody."""
    from awards.extensions import begin_writing, db

    with app.app_context():
        begin_writing()
        message = db.session.scalars(
            select(Outbox).where(Outbox.template == Template.INVITATION.value).order_by(Outbox.id.desc())
        ).first()
        assert message is not None
        invitation = db.session.get_one(Invitation, message.invitation_id)
        token = invitations.make_invitation_token(db.session(), invitation, datetime.now(UTC))
        db.session.commit()
    return f"/en/invitation/{token}"
