"""Mails: a message of the outbox becomes plain text and HTML, with the link that only its reader gets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, make_msgid, parseaddr

from flask import current_app
from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import (
    delegations,
    drafts,
    editions,
    embargoes,
    invitations,
    letters,
    links,
    notices,
    openings,
    passes,
    untrusted,
)
from awards.audit import Actor
from awards.letters.letter import Case, Kind, Letter, Part
from awards.models import (
    Account,
    Edition,
    Invitation,
    Nomination,
    Organisation,
    Outbox,
    RollEntry,
    TimetableAmendment,
)
from awards.notices import Template
from awards.web.face import Face
from awards.web.language import speaking
from awards.web.texts import Names
from judging.values import Json

BLANKED = "[link]"
LONGEST_SUBJECT = 200
MINUTES = 60
HOME = "/today"
UNSAFE = frozenset("\\ <>\"'")
TO_ACCOUNT = frozenset({Template.SIGN_IN, Template.SIGN_UP, Template.ADDRESS_CONFIRM})
"""Messages whose link belongs to an account."""
TO_BALLOTS = frozenset({Template.BALLOT, Template.CITIZEN})
"""Messages whose link leads to an elector's ballots."""


class Folding(EmailPolicy):
    """The policy of mails. Python's own folding loses spaces between the words of a subject in other letters."""

    def fold(self, name: str, value: str) -> str:
        if name != "Subject":
            return str(super().fold(name, value))
        charset = "us-ascii" if value.isascii() else "utf-8"
        folded = Header(str(value), charset, header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return (
            self.fold(name, value).encode() if name == "Subject" else bytes(super().fold_binary(name, value))
        )


POLICY = Folding(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class Way:
    """Where a message leads, and what of that is a secret of its reader."""

    link: str
    code: str = ""
    token: str = ""
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it goes out, and its text as it may stand in a log."""

    message: EmailMessage
    logged: str


def compose(session: Session, message: Outbox, *, url: str, sender: str, actor: Actor, now: datetime) -> Mail:
    """The mail of a message. Makes the link that it holds, of which the database keeps a hash only."""
    with speaking(message.language) as language:
        way = _way(session, message, language, url=url, actor=actor, now=now)
        letter = letters.write(Template(message.template), _case(session, message, way))
        text, html = in_plain_text(letter), in_html(letter, language)
    mail = EmailMessage(policy=POLICY)
    mail["From"], mail["To"] = sender, _address(message.recipient)
    mail["Subject"] = untrusted.plain(letter.subject)[:LONGEST_SUBJECT]
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2] or "localhost")
    mail["Auto-Submitted"] = "auto-generated"
    encoding = "quoted-printable" if language == "en" else "base64"
    mail.set_content(text, cte=encoding)
    mail.add_alternative(html, subtype="html", cte=encoding)
    mail["Content-Language"] = language
    return Mail(mail, _blanked(text, way))


def preview(session: Session, message: Outbox, *, url: str) -> tuple[str, str]:
    """Subject and text as they will go out, for whoever looks at a held message; it holds no secret."""
    with speaking(message.language):
        letter = letters.write(
            Template(message.template), _case(session, message, Way(_plain_link(message, url)))
        )
        return untrusted.plain(letter.subject)[:LONGEST_SUBJECT], in_plain_text(letter)


def in_plain_text(letter: Letter) -> str:
    """All that a letter says, its parts divided by empty lines; the link stands in a line of its own."""
    blocks = [_block(part) for part in letter.parts]
    if letter.link:
        blocks.append(f"{letter.act}:\n{letter.link}")
    if letter.code:
        blocks.append(f"{words_for_code()}\n{letter.code}")
    blocks += [_block(part) for part in letter.after]
    blocks.append(f"-- \n{letter.why}\n{letter.sender}")
    return untrusted.plain("\n\n".join(blocks)) + "\n"


def _block(part: Part) -> str:
    before = {Kind.TEXT: "", Kind.LIST: "- ", Kind.QUOTE: "> "}[part.kind]
    return "\n".join(before + line for line in part.lines)


def words_for_code() -> str:
    return gettext("Or type this code on the device where you asked for it:")


def in_html(letter: Letter, language: str) -> str:
    """The same as HTML, without what pages' templates are given, which would ask for a request."""
    frame = current_app.jinja_env.get_template("mail/frame.html")
    return frame.render(
        letter=letter,
        subject=untrusted.plain(letter.subject),
        language=language,
        shown=_isolated,
        for_code=words_for_code(),
    )


def _isolated(text: str) -> Markup:
    """A text for HTML, what strangers wrote in it kept apart."""
    safe = str(escape(text)).replace(untrusted.OPEN, "<bdi>").replace(untrusted.CLOSE, "</bdi>")
    return Markup(safe)  # noqa: S704 (escaped above; the marks stand in pairs)


def _address(email: str) -> str:
    """An address as mail servers take it: a domain in other letters is written in theirs."""
    name, _, domain = email.rpartition("@")
    return f"{name}@{domain.encode('idna').decode('ascii')}"


def _blanked(text: str, way: Way) -> str:
    for secret in (way.link if way.token else "", way.token, way.code, way.code.replace("-", "")):
        if secret:
            text = text.replace(secret, BLANKED)
    return text


def _way(session: Session, message: Outbox, language: str, *, url: str, actor: Actor, now: datetime) -> Way:
    """The link of a message, made now where it is a secret."""
    template = Template(message.template)
    if template is Template.INVITATION and message.invitation_id is not None:
        invitation = session.get_one(Invitation, message.invitation_id)
        token = invitations.make_invitation_token(session, invitation, now)
        return Way(f"{url}/{language}/invitation/{token}", token=token)
    if template in TO_BALLOTS and message.roll_entry_id is not None:
        entry = session.get_one(RollEntry, message.roll_entry_id)
        token = passes.make_link(session, entry, now=now)
        return Way(f"{url}/{language}/vote/link/{token}", token=token)
    if template is Template.DELEGATE_ASKED and message.roll_entry_id is not None:
        token = delegations.make_token(session, message.roll_entry_id, now=now)
        return Way(f"{url}/{language}/delegation/{token}", token=token)
    contact = str(message.arguments.get("contact", "")) if template is Template.PRESS_INVITED else ""
    if token := embargoes.make_token(session, contact):
        return Way(f"{url}/{language}/press/{token}", token=token)
    if template not in TO_ACCOUNT or message.account_id is None:
        return Way(_plain_link(message, url))
    account = session.get_one(Account, message.account_id)
    if template in (Template.SIGN_IN, Template.SIGN_UP):
        request = str(message.arguments.get("request", ""))
        made = links.make_sign_in(session, account, request_hash=request, actor=actor, now=now)
        minutes = int(links.SIGN_IN_LASTS.total_seconds()) // MINUTES
        return Way(f"{url}/{language}/link/{made.token}", made.code, made.token, minutes)
    token = links.make_address_link(session, account, message.recipient, actor=actor, now=now)
    return Way(f"{url}/{language}/link/{token}", token=token)


def _plain_link(message: Outbox, url: str) -> str:
    """The page that a message is about; one's own pages where its arguments name no path of ours."""
    path = str(message.arguments.get("path", ""))
    if message.template == Template.NO_ACCOUNT:
        path = "/sign-up"
    is_path = path.startswith("/") and not path.startswith("//") and path.isascii() and path.isprintable()
    return f"{url}{path if is_path and not UNSAFE & set(path) else HOME}"


def _case(session: Session, message: Outbox, way: Way) -> Case:
    """What the letter is about: arguments, edition, reader, and what an invitation asks."""
    arguments: dict[str, Json] = dict(message.arguments)
    if way.minutes is not None:
        arguments["minutes"] = way.minutes
    invitation = session.get(Invitation, message.invitation_id) if message.invitation_id else None
    if invitation is not None:
        arguments = _asked(session, invitation) | arguments
    reader = session.get(Account, message.account_id) if message.account_id else None
    case = Case(
        arguments,
        link=way.link,
        code=way.code,
        invitation=invitation,
        reader_zone=reader.zone if reader is not None else "",
    )
    edition = session.get(Edition, message.edition_id) if message.edition_id else None
    return case if edition is None else _in_edition(session, case, edition)


def _asked(session: Session, invitation: Invitation) -> dict[str, Json]:
    """What an invitation is about: its own arguments, the nomination, the partner."""
    asked: dict[str, Json] = dict(invitation.arguments)
    closes = openings.until(session, invitation).at
    if closes is not None:
        asked["until"] = notices.moment(closes)
    if invitation.nomination_id is not None:
        nomination = session.get_one(Nomination, invitation.nomination_id)
        asked["title"] = drafts.latest(session, nomination).title
        asked["reference"] = nomination.reference
    if invitation.organisation_id is not None:
        asked["organisation"] = session.get_one(Organisation, invitation.organisation_id).name
    return asked


def _in_edition(session: Session, case: Case, edition: Edition) -> Case:
    texts = editions.texts_of(session, edition)
    moments = session.scalars(
        select(TimetableAmendment)
        .where(TimetableAmendment.edition_id == edition.id)
        .order_by(TimetableAmendment.number)
    ).all()
    return replace(
        case,
        edition=untrusted.line(Face(edition, texts, moments, released=False).name),
        names=Names(texts, edition.language),
        edition_zone=edition.zone,
    )
