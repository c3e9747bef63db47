"""The outbox and the worker, with a real mail server: what is sent, what waits, what no table and no log holds."""

import logging
import re
import smtplib
import socket
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select, text
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, jobs, links, mailbox, notices
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.jobs import Work, sending
from awards.jobs.sending import Post, Turn
from awards.models import (
    Account,
    Answer,
    AuditEvent,
    Invitation,
    InvitationKind,
    Job,
    JobState,
    OneTimeLink,
    Outbox,
    OutboxState,
    Role,
)
from awards.notices import Template
from awards.storage import NoSuchFile
from tests.awards.play import operator

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


class Box:
    """A mail server's storage; it refuses whoever is called nobody."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such person"
        if address.startswith("later"):
            return "450 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@pytest.fixture
def box() -> Iterator[tuple[Box, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Box()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, f"smtp://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def work(session: scoped_session[Session], tmp_path: Path) -> Work:
    return Work(
        session(), operator(session()), NOW, tmp_path / "keys", "https://a.example.org", "a@example.org"
    )


def person(work: Work, email: str) -> Account:
    return accounts.find_or_make(work.session, email, name="Ada", now=NOW, actor=work.actor)[0]


def queue(work: Work, email: str = "ada@example.org", language: str = "en") -> Outbox:
    message = notices.queue(
        work.session,
        Template.ADDRESS_CONFIRM,
        email,
        language=language,
        now=NOW,
        account=person(work, email),
    )
    assert message is not None
    return message


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    found: str = part.get_content()
    return found


def send(work: Work, address: str, at: datetime = NOW) -> tuple[int, int]:
    with sending.post_office(address, work.key_folder) as post:
        return send_by(work, post, at)


def send_by(work: Work, post: Post, at: datetime = NOW) -> tuple[int, int]:
    """What a worker's turn sends that begins after everything before was kept."""
    work.session.commit()
    return sending.send_due(work, Turn(post, begin_writing, work.session.commit, lambda: at))


def test_a_message_is_sent_once_with_a_link_that_works(work: Work, box: tuple[Box, str]) -> None:
    message = queue(work)

    sent, again = send(work, box[1]), send(work, box[1])

    (mail,) = box[0].mails
    link = next(line for line in text_of(mail).splitlines() if line.startswith("https://"))
    assert (sent, again, message.state) == ((1, 0), (0, 0), OutboxState.SENT)
    assert mail["To"] == "ada@example.org"
    token = link.rpartition("/")[2]
    assert accounts.owner_of_link(work.session, token, now=NOW).email == "ada@example.org"


def test_the_token_stands_in_no_table_and_no_log(
    work: Work, box: tuple[Box, str], caplog: pytest.LogCaptureFixture
) -> None:
    queue(work)

    with caplog.at_level(logging.INFO):
        send(work, box[1])

    token = text_of(box[0].mails[0]).split("/link/")[1].split()[0]
    message = work.session.scalars(select(Outbox)).one()
    assert token not in caplog.text
    assert "[link]" in caplog.text
    assert token not in str([message.arguments, message.answer])
    assert work.session.scalars(select(OneTimeLink.token_hash)).one() != token


def test_a_message_goes_out_in_the_language_of_its_reader(work: Work, box: tuple[Box, str]) -> None:
    queue(work, language="ko")

    send(work, box[1])

    assert "/ko/link/" in text_of(box[0].mails[0])
    assert box[0].mails[0]["Content-Language"] == "ko"


def test_korean_words_come_out_of_the_wire_as_they_went_in(
    work: Work, box: tuple[Box, str], compiled: None
) -> None:
    notices.queue(
        work.session,
        Template.ELIGIBLE,
        "ada@example.org",
        language="ko",
        now=NOW,
        arguments={"title": "모두에게 열린 예산 포털", "reference": "OC-07"},
    )

    send(work, box[1])

    (mail,) = box[0].mails
    assert mail["Subject"] == "적격: ‘모두에게 열린 예산 포털’(OC-07)"
    assert mail.get_content_type() == "multipart/alternative"
    assert "신청서 ‘모두에게 열린 예산 포털’(OC-07)을(를) 규정에 따라" in text_of(mail)
    html = text_of(mail, "html")
    assert '<html lang="ko">' in html
    assert "‘<bdi>모두에게 열린 예산 포털</bdi>’" in html
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_sign_in_mail_holds_a_link_and_a_code_and_neither_stands_elsewhere(
    work: Work, box: tuple[Box, str], caplog: pytest.LogCaptureFixture
) -> None:
    message = notices.queue(
        work.session,
        Template.SIGN_IN,
        "ada@example.org",
        language="en",
        now=NOW,
        account=person(work, "ada@example.org"),
        arguments={"request": "ab" * 32},
    )

    with caplog.at_level(logging.INFO):
        send(work, box[1])

    said = text_of(box[0].mails[0])
    found = re.search(r"/en/link/(\S+)\s.*?([0-9]{4}-[0-9]{4})", said, re.DOTALL)
    assert found is not None
    token, code = found.groups()
    assert links.use_code(work.session, code, ["ab" * 32], now=NOW).email == "ada@example.org"
    assert message is not None
    kept = str([message.arguments, message.answer]) + caplog.text + events(work)
    assert [secret for secret in (token, code, code.replace("-", "")) if secret in kept] == []
    assert caplog.text.count("[link]") == 2


def events(work: Work) -> str:
    """All that the audit trail holds."""
    return str(
        [
            (it.action, it.subject, it.payload.after)
            for it in work.session.scalars(select(AuditEvent))
            if it.payload
        ]
    )


def test_one_that_the_server_refuses_for_good_has_failed_at_once_with_its_answer(
    work: Work, box: tuple[Box, str]
) -> None:
    message = queue(work, "nobody@example.org")
    other = queue(work, "ben@example.org")

    counts = send(work, box[1])

    assert counts == (1, 1)
    assert (message.state, message.attempts, message.answer) == (
        OutboxState.FAILED,
        1,
        "550 no such person",
    )
    assert other.state is OutboxState.SENT


def test_one_that_the_server_puts_off_is_tried_again_ever_later_and_fails_in_the_end(
    work: Work, box: tuple[Box, str]
) -> None:
    message = queue(work, "later@example.org")

    first, at_once = send(work, box[1]), send(work, box[1])
    moment, waits = NOW, []
    while message.state is OutboxState.QUEUED:
        waits.append(message.due_at - moment)
        moment = message.due_at
        assert send(work, box[1], moment) == (0, 1)

    assert (first, at_once) == ((0, 1), (0, 0))
    assert waits == sorted(waits) == list(notices.PAUSES)
    assert (message.state, message.answer) == (OutboxState.FAILED, "450 try again later")


def test_a_server_that_goes_away_costs_one_message_an_attempt_and_no_other(work: Work) -> None:
    messages = [queue(work, email) for email in ("ada@example.org", "ben@example.org")]

    def gone(_mail: EmailMessage) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    counts = send_by(work, gone)

    assert counts == (0, 1)
    assert [it.attempts for it in messages] == [1, 0]
    assert [it.state for it in messages] == [OutboxState.QUEUED] * 2


def test_a_message_that_cannot_be_written_fails_and_holds_up_nobody(work: Work, box: tuple[Box, str]) -> None:
    broken = queue(work)
    broken.template = "unheard of"
    queue(work, "ben@example.org")

    assert send(work, box[1]) == (1, 1)
    assert (broken.state, broken.answer) == (OutboxState.FAILED, "ValueError")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_others_can_write_while_a_message_is_being_sent(work: Work, database: str) -> None:
    queue(work)
    work.session.commit()
    wrote = []

    def write(_mail: EmailMessage) -> None:
        other = sqlite3.connect(database.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        wrote.append(other.execute("SELECT attempts, state FROM outbox").fetchone())
        other.execute("ROLLBACK")
        other.close()

    assert send_by(work, write) == (1, 0)
    assert wrote == [(1, "queued")]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_workers_send_a_message_once(app: Flask, work: Work) -> None:
    queue(work)
    queue(work, "ben@example.org")
    work.session.commit()
    begin_writing()
    mine = notices.claim(work.session, NOW)
    assert mine is not None
    assert mine.recipient == "ada@example.org"

    with app.app_context():
        db.session.execute(text("SET LOCAL lock_timeout = '2s'"))
        theirs = notices.claim(db.session(), NOW)
        assert theirs is not None
        assert theirs.recipient == "ben@example.org"
        assert notices.claim(db.session(), NOW) is None
        db.session.rollback()


def test_what_is_said_once_is_said_once(work: Work) -> None:
    first, second = (
        notices.queue(
            work.session, Template.REMINDER, "ada@example.org", language="en", now=NOW, once="reminder:1"
        )
        for _ in range(2)
    )

    assert first is not None
    assert second is None
    assert len(work.session.scalars(select(Outbox)).all()) == 1


def test_a_held_message_goes_out_when_it_is_released_and_never_when_it_is_cancelled(
    work: Work, box: tuple[Box, str]
) -> None:
    held = [
        notices.queue(
            work.session, Template.ELIGIBLE, email, language="en", now=NOW, held=True, once=f"told:{email}"
        )
        for email in ("ada@example.org", "ben@example.org")
    ]
    ada, ben = (it for it in held if it is not None)
    before = send(work, box[1])

    released, cancelled = notices.release(work.session, [ada]), notices.cancel(work.session, [ben])
    again = notices.release(work.session, [ada, ben])

    assert (before, released, cancelled, again) == ((0, 0), 1, 1, 0)
    assert send(work, box[1]) == (1, 0)
    assert (ada.state, ben.state) == (OutboxState.SENT, OutboxState.CANCELLED)
    assert notices.release(work.session, [ada]) == notices.cancel(work.session, [ada]) == 0


def test_an_invitation_taken_back_meanwhile_is_not_sent(work: Work, box: tuple[Box, str]) -> None:
    invitation = Invitation(
        kind=InvitationKind.ROLE,
        email="ada@example.org",
        language="en",
        role=Role.SCREENER,
        invited_by_id=work.actor.account.id,
        at=NOW,
    )
    work.session.add(invitation)
    work.session.flush()
    message = notices.queue(
        work.session, Template.INVITATION, "ada@example.org", language="en", now=NOW, invitation=invitation
    )
    invitation.answer = Answer.WITHDRAWN

    assert send(work, box[1]) == (0, 0)
    assert message is not None
    assert message.state is OutboxState.CANCELLED


def test_mails_go_into_a_folder_where_that_is_asked_for(work: Work, tmp_path: Path) -> None:
    queue(work)
    queue(work, "ben@example.org")

    assert send(work, f"file://{tmp_path}/out%20box") == (2, 0)

    kept = mailbox.newest(tmp_path / "out box")
    assert {it.mail["To"] for it in kept} == {"ada@example.org", "ben@example.org"}
    assert "https://a.example.org/en/link/" in kept[0].text
    assert 'href="https://a.example.org/en/link/' in kept[0].html
    with pytest.raises(NoSuchFile):
        mailbox.find(tmp_path / "out box", "../../etc/passwd")


def test_a_job_runs_once_and_keeps_its_answer(work: Work) -> None:
    job = jobs.add(work.session, "keys.destroy", now=NOW)

    ran = jobs.run_next(work, work.session.commit)

    assert ran is job
    assert (job.state, job.answer, job.attempts) == (JobState.DONE, "0 keys", 1)
    assert jobs.run_next(work, work.session.commit) is None
    with pytest.raises(KeyError):
        jobs.add(work.session, "unheard of", now=NOW)


def test_a_job_that_fails_waits_for_another_time(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_work: Work) -> str:
        raise OSError("full")

    monkeypatch.setattr(jobs, "KINDS", {"keys.destroy": fail})
    job = jobs.add(work.session, "keys.destroy", now=NOW)

    jobs.run_next(work, work.session.commit)

    assert (job.state, job.answer) == (JobState.WAITING, "OSError")
    assert job.due_at > NOW


def test_tick_puts_back_a_job_that_stopped_half_way_and_the_second_call_does_nothing(work: Work) -> None:
    job = Job(kind="keys.destroy", state=JobState.RUNNING, attempts=1, due_at=NOW - timedelta(hours=1))
    lost = Job(kind="keys.destroy", state=JobState.RUNNING, attempts=5, due_at=NOW - timedelta(hours=1))
    fresh = Job(kind="keys.destroy", state=JobState.RUNNING, attempts=1, due_at=NOW)
    work.session.add_all([job, lost, fresh])
    work.session.flush()

    first, again = jobs.tick(work), jobs.tick(work)

    assert (first.jobs, again.jobs) == (2, 0)
    assert [it.state for it in (job, lost, fresh)] == [JobState.WAITING, JobState.FAILED, JobState.RUNNING]


def test_the_worker_sends_what_waits(
    app: Flask, cli: FlaskCliRunner, session: scoped_session[Session], box: tuple[Box, str]
) -> None:
    waits = cli.invoke(args=["worker", "--once"])
    _queue_one(session, "ada@example.org")
    without_server = cli.invoke(args=["worker", "--once"])
    app.config["LAURELS_SMTP"] = "smtp://127.0.0.1:1"
    silent = cli.invoke(args=["worker", "--once"])
    app.config["LAURELS_SMTP"] = box[1]

    sent = cli.invoke(args=["worker", "--once"])

    assert [it.exit_code for it in (waits, without_server, silent, sent)] == [0, 0, 0, 0]
    assert "mails wait" in silent.output
    assert "Sent 1 mail(s), 0 could not be sent." in sent.output
    assert len(box[0].mails) == 1


def test_the_worker_runs_jobs(app: Flask, cli: FlaskCliRunner, session: scoped_session[Session]) -> None:
    begin_writing()
    jobs.add(session(), "keys.destroy", now=NOW)
    db.session.commit()

    assert "Job keys.destroy: done (0 keys)." in cli.invoke(args=["worker", "--once"]).output


def _queue_one(session: scoped_session[Session], email: str) -> None:
    begin_writing()
    actor: Actor = operator(session())
    account = accounts.find_or_make(session(), email, name="Ada", now=NOW, actor=actor)[0]
    notices.queue(session(), Template.ADDRESS_CONFIRM, email, language="en", now=NOW, account=account)
    db.session.commit()
