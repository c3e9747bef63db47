"""The outbox and the worker, with a real mail server: what is sent, what waits, what no table and no log holds."""

import logging
import socket
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
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, jobs, notices
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.jobs import Work
from awards.models import Account, Job, JobState, OneTimeLink, Outbox, OutboxState
from awards.notices import Template
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
    return notices.queue(
        work.session,
        Template.ACCOUNT_LINK,
        email,
        language=language,
        now=NOW,
        account=person(work, email),
    )


def send(work: Work, address: str) -> tuple[int, int]:
    with jobs.post_office(address) as post:
        return jobs.send_due(work, post, work.session.commit)


def test_a_message_is_sent_once_with_a_link_that_works(work: Work, box: tuple[Box, str]) -> None:
    message = queue(work)

    sent, again = send(work, box[1]), send(work, box[1])

    (mail,) = box[0].mails
    link = next(line for line in mail.get_content().splitlines() if line.startswith("https://"))
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

    token = box[0].mails[0].get_content().split("/link/")[1].split()[0]
    message = work.session.scalars(select(Outbox)).one()
    assert token not in caplog.text
    assert "[link]" in caplog.text
    assert token not in str([message.arguments, message.answer])
    assert work.session.scalars(select(OneTimeLink.token_hash)).one() != token


def test_a_message_goes_out_in_the_language_of_its_reader(work: Work, box: tuple[Box, str]) -> None:
    queue(work, language="ko")

    send(work, box[1])

    assert "/ko/link/" in box[0].mails[0].get_content()
    assert box[0].mails[0]["Content-Language"] == "ko"


def test_one_that_the_server_refuses_is_tried_again_later_and_fails_in_the_end(
    work: Work, box: tuple[Box, str]
) -> None:
    message = queue(work, "nobody@example.org")
    queue(work, "ben@example.org")

    first, at_once = send(work, box[1]), send(work, box[1])
    answers = []
    for hours in range(1, 5):
        later = Work(
            work.session, work.actor, NOW + timedelta(hours=hours), work.key_folder, work.url, work.sender
        )
        answers.append(send(later, box[1]))

    assert (first, at_once, answers) == ((1, 1), (0, 0), [(0, 1)] * 4)
    assert (message.state, message.attempts) == (OutboxState.FAILED, 5)
    assert len(box[0].mails) == 1


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
    notices.queue(session(), Template.ACCOUNT_LINK, email, language="en", now=NOW, account=account)
    db.session.commit()
