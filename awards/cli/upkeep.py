"""`flask check`, `tick`, `worker` and `audit`."""

from __future__ import annotations

import shutil
import smtplib
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from awards import audit as audit_
from awards import badges, jobs, shares
from awards.audit import Flaw
from awards.cli import signing_checks
from awards.cli.files import draw_for_a_while, work_of
from awards.cli.long_jobs import work_off, work_off_quietly
from awards.cli.shell import Shell, acting, need_migrated_database
from awards.extensions import begin_writing, db
from awards.jobs import Ticked, sending
from awards.jobs.sending import Turn
from awards.models import Badge, BallotKey, Edition, KeyHolder, KeyShare, KeyState, Outbox, OutboxState
from judging.calibration.whole import on_one_core

ENOUGH_SPACE = 500 * 2**20
OURS = frozenset({".key", ".share", ".given", ".holder"})
YEARS = range(2025, 2100)
PAUSE = 2.0
DRAWING = 15.0
"""How long a worker draws files before it looks after mails again, in seconds."""
PERIOD = 60.0
"""How often a worker does what is due by the clock, in seconds."""

FLAWS = {
    Flaw.CHANGED: "was changed",
    Flaw.PAYLOAD_CHANGED: "had its content changed",
    Flaw.BROKEN_LINK: "does not follow from the one before it",
    Flaw.GAP: "stands where another number should",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What looking at one thing gave: a line of words, and whether it is as it should be."""

    words: str
    is_well: bool = True


@click.command("check")
@with_appcontext
def check() -> None:
    """Look at configuration, clock, disk, database, keys and mail; exit status 1 when something is wrong."""
    wrong = 0
    for name, look in CHECKS.items():
        for found in look():
            click.echo(f"{'ok   ' if found.is_well else 'WRONG'}  {name:<13}  {found.words}")
            wrong += not found.is_well
    db.session.rollback()
    if wrong:
        raise click.ClickException(f"{wrong} thing(s) need attention.")
    click.echo("All is well.")


def _configuration() -> Iterator[Found]:
    url = urlsplit(current_app.config["LAURELS_URL"])
    if url.scheme in ("http", "https") and url.hostname:
        yield Found(f"The site's address is {url.geturl()}.")
    else:
        yield Found(f"LAURELS_URL is no address of a site: {url.geturl()!r}.", is_well=False)
    if len(str(current_app.config["SECRET_KEY"])) < 32:
        yield Found("The secret key is shorter than 32 characters.", is_well=False)
    if "@" not in str(current_app.config["LAURELS_SENDER"]):
        yield Found("LAURELS_SENDER is no e-mail address.", is_well=False)


def _clock() -> Iterator[Found]:
    now = datetime.now(UTC)
    if now.year not in YEARS:
        yield Found(f"The clock says {now:%Y-%m-%d}, which can't be.", is_well=False)
    try:
        there = now.astimezone(ZoneInfo("Asia/Seoul"))
        yield Found(f"It is {now:%Y-%m-%d %H:%M} UTC, {there:%H:%M} in Seoul.")
    except ZoneInfoNotFoundError:
        yield Found("The time zones' data is missing.", is_well=False)


def _disk() -> Iterator[Found]:
    folder = Path(current_app.config["LAURELS_DATA"])
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"Laurels")
    except OSError as error:
        yield Found(f"{folder} can't be written: {error.strerror}.", is_well=False)
        return
    free = shutil.disk_usage(folder).free
    yield Found(f"{folder} can be written; {free // 2**20} MiB are free.", is_well=free >= ENOUGH_SPACE)
    if folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Found(f"Others than its owner can read {folder}.", is_well=False)


def _database() -> Iterator[Found]:
    try:
        need_migrated_database()
    except click.ClickException as error:
        yield Found(error.message, is_well=False)
    else:
        yield Found(f"{db.engine.dialect.name} answers and is up to date.")


def _keys() -> Iterator[Found]:
    if _is_away():
        return
    folder = Path(current_app.config["LAURELS_DATA"]) / "keys"
    found = db.session.scalars(select(BallotKey).order_by(BallotKey.id)).all()
    wrong = [
        Found(f"The key {key.file_name} is in use and its file is missing.", is_well=False)
        for key in found
        if key.state is KeyState.LIVE and not key.shared and not (folder / key.file_name).exists()
    ]
    wrong += [
        Found(f"Two shares of the key {key.file_name} are missing or lost.", is_well=False)
        for key in found
        if key.state is KeyState.LIVE and key.shared and not shares.is_there(db.session(), folder, key)
    ]
    wrong += [
        Found(f"The key {key.file_name} is spent and not yet destroyed. Run: flask tick", is_well=False)
        for key in found
        if key.state is KeyState.SPENT
        or (key.state is KeyState.DESTROYED and (folder / key.file_name).exists())
    ]
    known = {
        *(key.file_name for key in found),
        *(it.file_name + more for it in db.session.scalars(select(KeyShare)) for more in ("", shares.GIVEN)),
        *db.session.scalars(select(KeyHolder.file_name).where(KeyHolder.file_name.is_not(None))),
    }
    wrong += [
        Found(f"The key {file.name} belongs to no election. Remove it: {file}", is_well=False)
        for file in (sorted(folder.iterdir()) if folder.is_dir() else [])
        if file.suffix in OURS and file.name not in known
    ]
    live = sum(key.state is KeyState.LIVE for key in found)
    yield from wrong or [Found(f"{live} key(s) in use, all there; none left over.")]


def _badges() -> Iterator[Found]:
    if _is_away():
        return
    folder = Path(current_app.config["LAURELS_DATA"]) / "keys"
    there = badges.public_keys(folder)
    if not there and db.session.scalars(select(Badge.id).limit(1)).first() is not None:
        yield Found("Badges were issued, and no key that signed them is there.", is_well=False)
        return
    open_to_others = [
        it
        for it in (folder / badges.FOLDER).glob("*.pem")
        if it.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    for file in open_to_others:
        yield Found(f"Others than its owner can read {file}.", is_well=False)
    if not open_to_others:
        yield Found(f"{len(there)} key(s) of badges, all there.")


def _signing() -> Iterator[Found]:
    if _is_away():
        return
    folder = Path(current_app.config["LAURELS_DATA"]) / "keys"
    session, now = db.session(), datetime.now(UTC)
    wrong = list(signing_checks.wrong(session, folder, current_app.config, now))
    yield from [Found(words, is_well=False) for words in wrong] or [Found(signing_checks.well(session))]


def _mail() -> Iterator[Found]:
    address = current_app.config["LAURELS_SMTP"]
    waiting = "" if _is_away() else f" {_queued()} wait there now."
    if not address:
        yield Found(f"No mail server is set (LAURELS_SMTP): mails wait in the outbox.{waiting}")
        return
    if urlsplit(address).scheme == "file":
        yield Found(f"Mails are written to a folder, not sent.{waiting}")
        return
    host = urlsplit(address).hostname
    if not host:
        yield Found(f"LAURELS_SMTP is no address such as smtp://host:port.{waiting}", is_well=False)
        return
    try:
        with sending.post_office(address, mail_folder()):
            yield Found(f"{host} answers.{waiting}")
    except (OSError, smtplib.SMTPException) as error:
        yield Found(f"{host} does not answer ({type(error).__name__}): mails wait.{waiting}", is_well=False)


def _is_away() -> bool:
    """Whether the database can't be asked; `_database` has said so."""
    try:
        need_migrated_database()
    except click.ClickException:
        return True
    return False


def _queued() -> int:
    return len(db.session.scalars(select(Outbox.id).where(Outbox.state == OutboxState.QUEUED)).all())


def _due(now: datetime) -> bool:
    """Whether a message is to be sent now."""
    waits = select(Outbox.id).where(Outbox.state == OutboxState.QUEUED, Outbox.due_at <= now).limit(1)
    return db.session.scalars(waits).first() is not None


def mail_folder() -> Path:
    """Where mails go that are written to a folder."""
    return Path(current_app.config["LAURELS_DATA"]) / "mails"


CHECKS: dict[str, Callable[[], Iterator[Found]]] = {
    "configuration": _configuration,
    "clock": _clock,
    "disk": _disk,
    "database": _database,
    "keys": _keys,
    "badges": _badges,
    "signing": _signing,
    "mail": _mail,
}


@click.command("tick")
@acting
def tick(shell: Shell) -> None:
    """Do what is due by the clock; calling it twice does nothing more."""
    done = jobs.tick(work_of(shell))
    for key in done.keys:
        shell.say(f"Destroyed the spent key {key.file_name}.")
    if done.jobs:
        shell.say(f"Put back {done.jobs} job(s) that had stopped half-way.")
    if done.reminders:
        shell.say(f"Wrote {done.reminders} reminder(s).")
    if done.drawings:
        shell.say(f"Queued {done.drawings} file(s) to be drawn.")
    if done.releases:
        shell.say(f"Released winners {done.releases} time(s).")
    if done.heads:
        shell.say(f"Published {done.heads} new head(s) of public logs of votes.")
    if done.unsigned:
        shell.say(f"Queued {done.unsigned} certificate(s) to be signed.")
    if done.dropped:
        shell.say(f"Dropped {done.dropped} file(s) made before what is public changed.")
    if done == Ticked((), 0, 0):
        shell.say("Nothing was due.")
    work_off(shell)


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what waits and stop.")
@click.pass_context
def worker(context: click.Context, once: bool) -> None:
    """Send what waits in the outbox and run jobs, until stopped."""
    on_one_core()
    ticked = -PERIOD
    while True:
        if time.monotonic() - ticked >= PERIOD:
            context.invoke(_tick_quietly)
            ticked = time.monotonic()
        context.invoke(_turn)
        context.invoke(work_off_quietly)
        context.invoke(draw_for_a_while, seconds=None if once else DRAWING)
        if once:
            return
        time.sleep(PAUSE)


@click.command("quiet-tick")
@acting
def _tick_quietly(shell: Shell) -> None:
    """What `flask tick` does, as a step of the worker."""
    jobs.tick(work_of(shell))


@click.command("turn")
@acting
def _turn(shell: Shell) -> None:
    """One turn of the worker: jobs, then mails, each in transactions of its own."""
    work = work_of(shell)
    shell.commit()
    while job := jobs.run_next(work, shell.commit):
        shell.say(f"Job {job.kind}: {job.state.value} ({job.answer}).")
    address, waits = current_app.config["LAURELS_SMTP"], _due(shell.now)
    shell.pause()
    if not address or not waits:
        return
    try:
        with sending.post_office(address, mail_folder()) as post:
            turn = Turn(post, begin_writing, shell.session.commit, lambda: datetime.now(UTC))
            sent, failed = sending.send_due(work, turn)
    except (OSError, smtplib.SMTPException) as error:
        shell.say(f"The mail server does not answer ({type(error).__name__}); mails wait.")
        return
    if sent or failed:
        shell.say(f"Sent {sent} mail(s), {failed} could not be sent.")


@click.group("audit")
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
@acting
def verify(shell: Shell) -> None:
    """Check every chain of the audit trail; exit status 1 when an event was tampered with."""
    names = {edition.public_id: edition.key for edition in shell.session.scalars(select(Edition))}
    flaws = [
        f"Event {flaw.seq} of {names.get(flaw.chain, flaw.chain)} {FLAWS[flaw.flaw]}."
        for flaw in audit_.verify(shell.session)
    ]
    if flaws:
        raise click.ClickException("\n".join(["The audit trail does not hold.", *flaws]))
    shell.say("The audit trail holds.")


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    for command in (check, tick, worker, audit):
        app.cli.add_command(command)
