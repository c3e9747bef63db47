"""The door: before a view runs, whoever asks is let in, sent to sign in first, or told that there is no such page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Flask, abort, current_app, g, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from awards import editions, roll
from awards.extensions import begin_writing, db
from awards.models import Account, Edition, Grant, Judge, Nomination, NominationEditor, Role
from awards.web import sessions, voters
from awards.web.access import OPEN, READABLE_BY_AUDITORS, ROLES, SAFE_METHODS, Audience, audience_of
from awards.web.voters import Elector
from judging.rules import Vote

IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,32}")
"""What the random identifier of a row can be."""


def roles_in(account: Account, edition: Edition | None) -> frozenset[Role]:
    """The roles that a person has: for an edition those of it and those for the whole site, else all.

    Asked once a request, and again where its sender comes in once more.
    """
    known: dict[tuple[int, int | None], frozenset[Role]] = g.setdefault("roles", {})
    key = (account.id, edition.id if edition is not None else None)
    if key not in known:
        known[key] = _roles_in(account, edition)
    return known[key]


def _roles_in(account: Account, edition: Edition | None) -> frozenset[Role]:
    query = select(Grant.role).where(Grant.account_id == account.id, Grant.ended_at.is_(None))
    if edition is not None:
        query = query.where((Grant.edition_id == edition.id) | Grant.edition_id.is_(None))
    return frozenset(db.session.scalars(query))


def may(who: Audience, account: Account, edition: Edition | None, *, reading: bool) -> bool:
    """Whether a person may use the pages of an audience that asks for a role."""
    return _let_in(who, roles_in(account, edition), reading=reading)


def _let_in(who: Audience, roles: frozenset[Role], *, reading: bool) -> bool:
    return bool(roles & ROLES[who]) or (reading and who in READABLE_BY_AUDITORS and Role.AUDITOR in roles)


def edition() -> Edition:
    """The edition of the address; the door has found it and whoever asks may use it."""
    found: Edition = g.edition
    return found


def vote() -> Vote:
    """The vote that the rules of the address's edition have; 404 where they have none."""
    try:
        return roll.vote_of(editions.rules_of(db.session(), edition()))
    except roll.NoVote:
        abort(404)


def nomination() -> Nomination:
    """The nomination of the address; the door has found it among those of whoever asks."""
    found: Nomination = g.nomination
    return found


def judge() -> Judge:
    """Whoever asks, as a judge of the edition of the address. 404 where they are none any more."""
    if "judge" not in g:
        g.judge = db.session.scalars(
            select(Judge).where(Judge.edition_id == edition().id, Judge.account_id == sessions.me().id)
        ).first()
    found: Judge | None = g.judge
    if found is None:
        abort(404)
    return found


def admit(app: Flask) -> Response | None:
    """Let a request in, send its sender to sign in first, or answer that there is no such page."""
    who = audience_of(app, request.endpoint)
    if who is None or who in OPEN:
        return None
    for known in ("roles", "judge"):
        g.pop(known, None)
    if "\0" in request.path:
        abort(404)
    if who is Audience.ELECTOR:
        return _admit_elector(str((request.view_args or {}).get("edition", "")))
    account = sessions.current()
    if account is None:
        return sessions.ask_to_sign_in()
    values = request.view_args or {}
    if who is Audience.NOMINATOR:
        g.nomination = _own_nomination(account, str(values.get("nomination", "")))
    elif who in ROLES:
        g.edition, roles = _edition_and_roles(account, values)
        g.roles = {(account.id, g.edition.id if g.edition is not None else None): roles}
        if not _let_in(who, roles, reading=request.method in SAFE_METHODS):
            abort(404 if g.edition is not None else 403)
    return None


@contextmanager
def stepped_out() -> Iterator[None]:
    """While what was sent is looked through, hold up nobody who writes; then its sender comes in once more.

    Whoever may not come in any more is answered so.
    """
    db.session.rollback()
    try:
        yield
    finally:
        begin_writing()
        if (turned_away := admit(current_app)) is not None:
            abort(turned_away)


def elector() -> Elector:
    """Whoever asks, as an elector of the edition of the address."""
    found: Elector = g.elector
    return found


def still_elector() -> Elector | None:
    """Whoever asks, as an elector, looked up once more: while this request waited somebody else may have been named."""
    g.pop("voting_pass", None)
    g.elector = voters.of(edition(), voters.current(), sessions.current())
    found: Elector | None = g.elector
    return found


def _admit_elector(key: str) -> Response | None:
    """Let in whoever has a pass or is signed in; nothing of what they sent is kept: it may hold a choice."""
    account, by = sessions.current(), voters.current()
    if account is None and by is None:
        return voters.ask_to_come_in()
    found = (
        db.session.scalars(select(Edition).where(Edition.key == key)).first() if key.isprintable() else None
    )
    if found is not None:
        g.edition, g.elector = found, voters.of(found, by, account)
    if g.get("elector") is None:
        abort(404)
    return None


def _edition_and_roles(account: Account, values: Mapping[str, Any]) -> tuple[Edition | None, frozenset[Role]]:
    """The edition of the address, None where it names none, with the person's roles in it; after one statement."""
    if "edition" not in values:
        return None, roles_in(account, None)
    key = str(values["edition"])
    if not key.isprintable():
        abort(404)
    holds = (Grant.account_id == account.id) & Grant.ended_at.is_(None)
    here = (Grant.edition_id == Edition.id) | Grant.edition_id.is_(None)
    rows = db.session.execute(
        select(Edition, Grant).outerjoin(Grant, holds & here).where(Edition.key == key)
    ).all()
    if not rows:
        abort(404)
    grants: list[Grant | None] = [grant for _, grant in rows]
    return rows[0][0], frozenset(grant.role for grant in grants if grant is not None)


def _own_nomination(account: Account, identifier: str) -> Nomination:
    """A nomination that the person writes, alone or with others; 404 for any other."""
    writes = select(NominationEditor.nomination_id).where(
        NominationEditor.account_id == account.id, NominationEditor.ended_at.is_(None)
    )
    if not IDENTIFIER.fullmatch(identifier):
        abort(404)
    found = db.session.scalars(
        select(Nomination).where(
            Nomination.public_id == identifier,
            (Nomination.nominator_id == account.id) | Nomination.id.in_(writes),
        )
    ).first()
    if found is None:
        abort(404)
    return found
