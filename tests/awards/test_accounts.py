"""Accounts: one person per address, roles given once, links that work once, passwords kept as hashes."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, links, profiles
from awards.accounts import NotAnAddress, RoleNeedsEdition
from awards.audit import Actor
from awards.links import CodeWrong, LinkExpired, LinkUnknown, LinkUsed
from awards.models import Account, AuditEvent, AuditPayload, Grant, OneTimeLink, Role
from awards.passwords import PasswordRefused
from tests.awards.builders import NOW, SEED, edition_of, operator

Work = scoped_session[Session]
EMAIL = "Ada.Invented@Example.org"
PASSWORD = "twelve signs"


@pytest.fixture
def actor(session: Work) -> Actor:
    return operator(session)


@pytest.fixture
def ada(session: Work, actor: Actor) -> Account:
    return accounts.find_or_make(session, EMAIL, name="Ada Invented", now=NOW, actor=actor)[0]


def test_an_address_names_one_person_in_whatever_case_it_is_written(
    session: Work, actor: Actor, ada: Account
) -> None:
    found, made = accounts.find_or_make(
        session, " ada.invented@EXAMPLE.org ", name="Somebody", now=NOW, actor=actor
    )

    assert (found is ada, made) == (True, False)
    assert (ada.name, ada.email, ada.sort_key) == ("Ada Invented", "ada.invented@example.org", "ada invented")
    assert accounts.find(session, "nobody@example.org") is None


def test_a_name_is_taken_where_none_was_known(session: Work, actor: Actor) -> None:
    account, _ = accounts.find_or_make(session, EMAIL, now=NOW, actor=actor)

    accounts.find_or_make(session, EMAIL, name="Ada Invented", now=NOW, actor=actor)

    assert (account.name, account.sort_key) == ("Ada Invented", "ada invented")


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "@example.org", "a b@example.org", "ada@example", "a" * 250 + "@b.cd"]
)
def test_what_is_no_address_makes_no_account(session: Work, actor: Actor, email: str) -> None:
    with pytest.raises(NotAnAddress):
        accounts.find_or_make(session, email, now=NOW, actor=actor)


def test_a_role_is_given_once_per_edition_and_category(session: Work, actor: Actor, ada: Account) -> None:
    edition = edition_of(session, actor)

    def give(role: Role, category: str | None = None) -> Grant:
        return accounts.grant(session, ada, role, edition=edition, category=category, actor=actor, now=NOW)

    first, again, other = give(Role.CHAIR), give(Role.CHAIR), give(Role.CHAIR, "services")

    assert (first is again, first is other) == (True, False)
    assert accounts.has_grant(session, ada, Role.CHAIR, edition=edition)
    assert not accounts.has_grant(session, ada, Role.CHAIR)
    assert not accounts.has_grant(session, ada, Role.AUDITOR, edition=edition)


def test_a_role_that_ended_is_given_anew(session: Work, actor: Actor, ada: Account) -> None:
    given = accounts.grant(session, ada, Role.AUDITOR, actor=actor, now=NOW)
    given.ended_at = NOW
    session.flush()
    assert not accounts.has_grant(session, ada, Role.AUDITOR)

    again = accounts.grant(session, ada, Role.AUDITOR, actor=actor, now=NOW + timedelta(days=1))

    assert (again is given, again.ended_at, again.granted_at) == (True, None, NOW + timedelta(days=1))


@pytest.mark.parametrize("role", [role for role in Role if role not in accounts.EVERYWHERE])
def test_only_administrators_and_auditors_have_the_whole_site(
    session: Work, actor: Actor, ada: Account, role: Role
) -> None:
    with pytest.raises(RoleNeedsEdition):
        accounts.grant(session, ada, role, actor=actor, now=NOW)


def test_a_link_sets_a_password_once(session: Work, actor: Actor, ada: Account) -> None:
    token = accounts.make_link(session, ada, actor=actor, now=NOW)

    assert accounts.owner_of_link(session, token, now=NOW) is ada
    assert accounts.use_link(session, token, PASSWORD, now=NOW) is ada
    assert accounts.is_password(ada, PASSWORD)
    assert not accounts.is_password(ada, PASSWORD.upper())
    with pytest.raises(LinkUsed):
        accounts.use_link(session, token, "another password", now=NOW)
    assert accounts.is_password(ada, PASSWORD)


def test_a_link_ends_after_seven_days(session: Work, actor: Actor, ada: Account) -> None:
    token = accounts.make_link(session, ada, actor=actor, now=NOW)

    assert accounts.owner_of_link(session, token, now=NOW + timedelta(days=7, seconds=-1)) is ada
    with pytest.raises(LinkExpired):
        accounts.use_link(session, token, PASSWORD, now=NOW + timedelta(days=7))


def test_a_new_link_ends_the_one_before(session: Work, actor: Actor, ada: Account) -> None:
    first = accounts.make_link(session, ada, actor=actor, now=NOW)
    second = accounts.make_link(session, ada, actor=actor, now=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)

    with pytest.raises(LinkExpired):
        accounts.use_link(session, first, PASSWORD, now=later)
    assert accounts.use_link(session, second, PASSWORD, now=later) is ada


def test_a_password_too_short_leaves_the_link_in_use(session: Work, actor: Actor, ada: Account) -> None:
    token = accounts.make_link(session, ada, actor=actor, now=NOW)

    with pytest.raises(PasswordRefused, match="too_short"):
        accounts.use_link(session, token, "eleven sign", now=NOW)

    assert ada.password_hash is None
    assert accounts.use_link(session, token, PASSWORD, now=NOW) is ada


def test_a_link_nobody_made_is_unknown(session: Work) -> None:
    with pytest.raises(LinkUnknown):
        accounts.owner_of_link(session, "made-up", now=NOW)


def test_neither_token_nor_password_is_kept_anywhere(session: Work, actor: Actor, ada: Account) -> None:
    token = accounts.make_link(session, ada, actor=actor, now=NOW)
    accounts.use_link(session, token, PASSWORD, now=NOW)

    kept = [*session.scalars(select(OneTimeLink.token_hash)), *session.scalars(select(AuditPayload.after))]
    assert not any(token in text or PASSWORD in text for text in kept)
    assert ada.password_hash is not None
    assert ada.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert session.scalars(select(AuditEvent.action)).all() == [
        "account.made",
        "link.made",
        "account.password_set",
    ]


def test_a_password_is_the_same_however_its_letters_are_composed(
    session: Work, actor: Actor, ada: Account
) -> None:
    token = accounts.make_link(session, ada, actor=actor, now=NOW)
    accounts.use_link(session, token, "caf\u00e9 caf\u00e9 dimanche", now=NOW)

    assert accounts.is_password(ada, "cafe\u0301 cafe\u0301 dimanche")


def test_who_has_no_password_signs_in_with_none(ada: Account) -> None:
    assert not accounts.is_password(ada, "")


def test_deputies_rank_in_the_order_of_their_grants(session: Work, actor: Actor, ada: Account) -> None:
    edition = edition_of(session, actor)
    rank = accounts.next_rank(session, edition, Role.DEPUTY)
    accounts.grant(session, ada, Role.DEPUTY, edition=edition, rank=rank, actor=actor, now=NOW)

    assert (rank, accounts.next_rank(session, edition, Role.DEPUTY)) == (1, 2)


LINK = re.compile(r"^http://127\.0\.0\.1:5000/en/link/[\w-]{43}$", re.MULTILINE)


def test_the_command_prints_a_link_and_gives_a_known_address_one_more_role(
    cli: FlaskCliRunner, session: Work
) -> None:
    cli.invoke(args=["programme", "load", str(SEED / "programmes" / "wego-awards.toml"), "--edition", "2026"])
    create = ["account", "create", EMAIL, "--edition", "2026", "--role"]

    outputs = [cli.invoke(args=[*create, role]).output for role in ("organiser", "deputy", "deputy")]

    assert [len(LINK.findall(output)) for output in outputs] == [1, 1, 1]
    assert ["Made the account" in output for output in outputs] == [True, False, False]
    assert "Now deputy of edition 2026." in outputs[1]
    assert "Already deputy of edition 2026." in outputs[2]
    assert session.scalar(select(func.count()).select_from(Grant)) == 2


def test_reset_prints_a_link_for_who_is_known_and_refuses_who_is_not(cli: FlaskCliRunner) -> None:
    cli.invoke(args=["account", "create", EMAIL, "--role", "auditor", "--name", "Ada Invented"])

    known = cli.invoke(args=["account", "reset", EMAIL.upper()])
    unknown = cli.invoke(args=["account", "reset", "nobody@example.org"])

    assert (known.exit_code, len(LINK.findall(known.output))) == (0, 1)
    assert (unknown.exit_code, unknown.output) == (
        1,
        "Error: There is no account with that e-mail address: nobody@example.org\n",
    )


def test_a_role_without_its_edition_is_refused_and_makes_no_account(
    cli: FlaskCliRunner, session: Work
) -> None:
    result = cli.invoke(args=["account", "create", EMAIL, "--role", "judge"])

    assert result.exit_code == 1
    assert accounts.find(session, EMAIL) is None


def test_who_has_a_password_gets_a_role_and_no_link(cli: FlaskCliRunner, session: Work) -> None:
    first = cli.invoke(args=["account", "create", EMAIL, "--role", "auditor"])
    accounts.use_link(session, first.output.strip().rpartition("/")[2], PASSWORD, now=NOW)
    session.commit()

    second = cli.invoke(args=["account", "create", EMAIL, "--role", "administrator"])

    assert LINK.findall(second.output) == []


def test_a_link_and_its_code_sign_in_once_together(session: Work, actor: Actor, ada: Account) -> None:
    made = links.make_sign_in(session(), ada, request_hash="device", actor=actor, now=NOW)

    with pytest.raises(CodeWrong):
        links.use_code(session(), made.code, ["another device"], now=NOW)
    assert links.use_code(session(), made.code, ["newer", "device"], now=NOW) is ada
    with pytest.raises(CodeWrong):
        links.use_code(session(), made.code, ["device"], now=NOW)
    with pytest.raises(LinkUsed):
        links.use_sign_in(session(), made.token, now=NOW)


def test_link_and_code_last_half_an_hour(session: Work, actor: Actor, ada: Account) -> None:
    made = links.make_sign_in(session(), ada, request_hash="device", actor=actor, now=NOW)
    late = NOW + timedelta(minutes=30)

    with pytest.raises(LinkExpired):
        links.use_sign_in(session(), made.token, now=late)
    with pytest.raises(CodeWrong):
        links.use_code(session(), made.code, ["device"], now=late)
    assert links.use_sign_in(session(), made.token, now=late - timedelta(seconds=1)) is ada


def test_a_link_is_good_for_its_own_purpose_only(session: Work, actor: Actor, ada: Account) -> None:
    sets = links.make_link(session(), ada, actor=actor, now=NOW)
    signs_in = links.make_sign_in(session(), ada, request_hash="device", actor=actor, now=NOW).token
    adds = links.make_address_link(session(), ada, "b@example.org", actor=actor, now=NOW)

    for token in (sets, adds):
        with pytest.raises(LinkUnknown):
            links.use_sign_in(session(), token, now=NOW)
    for token in (signs_in, adds):
        with pytest.raises(LinkUnknown):
            accounts.use_link(session(), token, PASSWORD, now=NOW)
    for token in (signs_in, sets):
        with pytest.raises(LinkUnknown):
            profiles.confirm_address(session(), token, now=NOW)


def test_a_mail_to_sign_in_leaves_a_link_that_sets_a_password_in_use(
    session: Work, actor: Actor, ada: Account
) -> None:
    sets = links.make_link(session(), ada, actor=actor, now=NOW)
    signs_in = links.make_sign_in(session(), ada, request_hash="device", actor=actor, now=NOW)

    links.use_sign_in(session(), signs_in.token, now=NOW)

    assert accounts.use_link(session(), sets, PASSWORD, now=NOW) is ada


def test_a_second_address_signs_in_to_the_same_account(session: Work, actor: Actor, ada: Account) -> None:
    accounts.set_password(session(), ada, PASSWORD, but=None, now=NOW)
    token = links.make_address_link(session(), ada, "Second@Example.org", actor=actor, now=NOW)

    profiles.confirm_address(session(), token, now=NOW)

    assert accounts.authenticate(session(), "second@example.org", PASSWORD) is ada
    assert [it.email for it in ada.addresses] == ["ada.invented@example.org", "second@example.org"]


@pytest.mark.parametrize(
    "written",
    [
        "x1:victim@example.org",
        "(c)victim@example.org",
        "a[b]@example.org",
        "a\\b@example.org",
        'a"b@example.org',
    ],
)
def test_an_address_that_a_mail_program_reads_otherwise_is_none(written: str) -> None:
    assert not accounts.is_address(written)
