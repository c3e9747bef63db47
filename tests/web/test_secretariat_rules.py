"""Making an edition, changing its rules and its texts, on pages where nothing typed is ever lost."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from awards import editions, sessions
from awards.extensions import db
from awards.models import Outbox, TextsDocument
from awards.timetable import Phase
from awards.web.secretariat import frame
from tests.web import world
from tests.web.nominating import begin
from tests.web.office import DESK, KEY, Office, sign_in_again, well
from tests.web.signing import send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

FILE = (world.ROOT / "seed" / "programmes" / "wego-awards.toml").read_text(encoding="utf-8")
STRICTER = re.sub(r"per_city( *)= 2", r"per_city\1= 1", FILE)
BROKEN = STRICTER.replace('electorate       = "judges"', 'electorate       = "nobody"')
NEW = "/en/secretariat/new"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def test_a_new_edition_is_shown_in_words_before_it_is_made(office: Office) -> None:
    fields = {"key": "my-awards-2027", "zone": "Asia/Seoul", "start": "feasibility-study"}
    checked = send(office.at("admin"), NEW, fields | {"act": "check"})

    page = well(checked)
    assert checked.status_code == 200
    assert "Make the edition my-awards-2027" in page
    assert "There is no second round" in page
    assert not _keys(office) & {"my-awards-2027"}

    made = send(office.at("admin"), NEW, fields | {"act": "make", "start": "", "text": FILE})

    assert made.location == "/en/secretariat/my-awards-2027/people"
    assert "my-awards-2027" in _keys(office)
    assert "Appoint the first organiser" in office.open(made.location, "admin")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_mistake_of_a_file_is_shown_with_its_line_and_nothing_is_lost(
    office: Office, language: str
) -> None:
    text = BROKEN.replace('name.ko     = "최우수상"', "")
    upload = {"key": "my-awards", "zone": "UTC", "start": "", "act": "check"}
    files = {"file": (io.BytesIO(text.encode()), "awards.toml")}

    answer = send(
        office.at("admin"),
        f"/{language}/secretariat/new",
        [*upload.items(), *files.items()],
        content_type="multipart/form-data",
    )

    page = well(answer)
    assert answer.status_code == 422
    assert "<code>vote.electorate</code>" in page
    assert "<code>prizes[1].name.ko</code>" in page
    line = next(n for n, it in enumerate(text.splitlines(), start=1) if it.startswith("electorate"))
    assert (f"Line {line}" if language == "en" else f"{line}행") in page
    assert "nobody&#34;" in page
    assert 'value="my-awards"' in page


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"", b"\0\0\0", b"x" * 2000, b"= = =", "한글만".encode()]
)
def test_what_is_no_programme_is_refused_in_words(
    office: Office, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "LONGEST_FILE", 1000)
    files = {"file": (io.BytesIO(content), "awards.toml")}

    answer = send(
        office.at("admin"),
        NEW,
        [("key", "my-awards"), ("zone", "UTC"), ("start", ""), ("act", "make"), *files.items()],
        content_type="multipart/form-data",
    )

    assert answer.status_code == 422
    assert 'role="alert"' in well(answer)


@pytest.mark.parametrize("key", [KEY, "organisations", "Bad Key", "a--b", "\0"])
def test_a_key_that_can_not_be_used_is_refused_beside_its_field(office: Office, key: str) -> None:
    fields = {"key": key, "zone": "UTC", "start": "", "text": FILE, "act": "make"}

    answer = send(office.at("admin"), NEW, fields)

    assert answer.status_code == 422
    assert 'id="key-wrong"' in well(answer)


def test_the_rules_change_after_a_look_at_the_difference(office: Office) -> None:
    begin(office.site, "writer@city.example")
    browser, address = office.at("organiser"), f"{DESK}/rules/change"
    shown = send(browser, address, {"text": STRICTER, "act": "check"})
    page = well(shown)
    before = hidden(page, "before")
    assert "<del>A city has 2 nominations at most." in page
    assert "<ins>A city has one nomination at most." in page
    assert "<code>eligibility · per_city</code>" in page

    no_reason = send(browser, address, {"text": STRICTER, "act": "amend", "before": before})
    fields = {"text": STRICTER, "act": "amend", "before": before, "reason": "One is enough."}
    long = send(browser, address, fields | {"reason": "x" * 1001})
    made = send(browser, address, fields)
    twice = send(browser, address, fields)

    assert (no_reason.status_code, made.status_code, twice.status_code) == (422, 303, 422)
    assert (long.status_code, "Write at most 1,000 characters." in long.text) == (422, True)
    assert "One is enough." in office.open(f"{DESK}/rules")
    assert "A city has one nomination at most." in office.open(f"{DESK}/rules/2")
    assert set(_told(office)) == {"writer@city.example", "second@city.example"}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_everybody_reads_each_amendment_with_both_hashes_its_reason_and_what_differs(
    office: Office, language: str
) -> None:
    browser, address = office.at("organiser"), f"{DESK}/rules/change"
    before = hidden(well(send(browser, address, {"text": STRICTER, "act": "check"})), "before")
    send(browser, address, {"text": STRICTER, "act": "amend", "before": before, "reason": "One is enough."})
    with office.site.app_context():
        after = editions.rules_document(db.session(), office.edition()).sha256

    page = well(office.site.test_client().get(f"/{language}/{KEY}/rules"))

    assert before != after
    assert f"<del><code>{before}</code></del>" in page
    assert f"<ins><code>{after}</code></ins>" in page
    assert 'id="amendment-2"' in page
    assert "One is enough." in page
    assert "<code>eligibility · per_city</code>" in page
    assert "<ins>1</ins>" in page
    assert 'class="came"' in page


def test_a_difference_to_rules_that_have_moved_on_is_shown_anew(office: Office) -> None:
    fields = {"text": STRICTER, "act": "amend", "before": "0" * 64, "reason": "One is enough."}

    answer = send(office.at("organiser"), f"{DESK}/rules/change", fields)

    page = well(answer)
    assert answer.status_code == 422
    assert "The rules were amended after this page was made." in page
    assert "One is enough." in page


def test_one_person_alone_does_not_change_frozen_rules(office: Office) -> None:
    browser, address = office.at("organiser"), f"{DESK}/rules/change"
    send(browser, f"{DESK}/freeze", {"sha256": hidden(office.open(f"{DESK}/freeze"), "sha256")})
    page = well(send(browser, address, {"text": STRICTER, "act": "check"}))
    assert "another organiser has to approve it" in page

    fields = {"text": STRICTER, "act": "amend", "before": hidden(page, "before"), "reason": "A slip."}
    send(browser, address, fields)
    proposal = f"{DESK}/rules/proposal"
    sha256 = hidden(office.open(proposal, "second"), "sha256")
    send(browser, proposal, {"act": "approve", "sha256": sha256})
    assert _per_city(office) == 2
    send(office.at("second"), proposal, {"act": "approve", "sha256": sha256})

    assert _per_city(office) == 1


def test_a_stale_text_edit_keeps_both(office: Office) -> None:
    address = f"{DESK}/texts/categories.services"
    first = office.open(address)
    base = hidden(first, "base")
    name = "categories.services.name:en"
    send(
        office.at("second"),
        address,
        {"base": base, name: "Public services", "reason": "Clearer"} | _rest(first),
    )

    clash = send(
        office.at("organiser"),
        address,
        {"base": base, name: "Services to people", "reason": "Mine"} | _rest(first),
    )

    page = well(clash)
    assert clash.status_code == 422
    assert "Public services" in page
    assert 'value="Services to people"' in page
    assert _shown(office) == "Public services"

    send(
        office.at("organiser"),
        address,
        {"base": hidden(page, "base"), name: "Services to people", "reason": "Mine"} | _rest(page),
    )
    assert _shown(office) == "Services to people"


def test_a_version_is_shown_again_as_a_new_one(office: Office) -> None:
    address = f"{DESK}/texts/categories.services"
    page = office.open(address)
    fields = {"base": "1", "categories.services.name:en": "Public services", "reason": "Clearer"}
    send(office.at("organiser"), address, fields | _rest(page))
    assert "Public services" in office.open(f"{DESK}/texts/versions/2")

    send(office.at("organiser"), f"{DESK}/texts/versions/1", {"base": "2", "reason": "It was better"})

    assert _shown(office) == "Services"
    assert "It was better" in office.open(f"{DESK}/texts/versions")


@pytest.mark.parametrize("said", ["", "x" * 6000, "a\0b\0c"])
def test_what_a_text_can_not_be_is_said_or_mended(office: Office, said: str) -> None:
    address = f"{DESK}/texts/categories.services"
    fields = {"base": "1", "categories.services.name:en": said, "reason": "Why"}

    answer = send(office.at("organiser"), address, fields | _rest(office.open(address)))

    assert answer.status_code == (303 if said.startswith("a") else 422)
    if answer.status_code == 303:
        assert _shown(office) == "abc"


def test_a_text_typed_while_signed_out_comes_back(office: Office, at_noon: time_machine.Traveller) -> None:
    address = f"{DESK}/texts/categories.services"
    browser, page = office.at("organiser"), office.open(f"{DESK}/texts/categories.services")
    fields = {"base": "1", "categories.services.name:en": "Public services", "reason": "Clearer"}
    at_noon.shift(sessions.IDLE + timedelta(minutes=6))
    away = browser.post(address, data=fields | _rest(page))

    sign_in_again(office.site, browser, "organiser@city.example")
    back = browser.get(address).text

    assert away.status_code == 303
    assert 'value="Public services"' in back
    assert _shown(office) == "Services"


def test_texts_say_what_is_missing_in_which_language(office: Office) -> None:
    with office.site.app_context():
        from awards.extensions import db

        document = editions.texts_of(db.session(), office.edition())
        document["categories"]["services"]["text"].pop("ko")
        db.session.add(
            TextsDocument(edition_id=office.edition().id, version=2, document=document, at=world.NOW)
        )
        db.session.commit()

    assert "missing in Korean" in office.open(f"{DESK}/texts")


def _rest(page: str) -> dict[str, str]:
    """The other texts of the page, as a browser would send them."""
    found = dict(re.findall(r'name="(categories\.services\.[^"]+)" value="([^"]*)"', page))
    areas = re.findall(r'<textarea[^>]*name="(categories\.services\.[^"]+)"[^>]*>([^<]*)</textarea>', page)
    found.pop("categories.services.name:en", None)
    return found | dict(areas)


def _keys(office: Office) -> set[str]:
    from awards.extensions import db
    from awards.models import Edition

    with office.site.app_context():
        return set(db.session.scalars(select(Edition.key)))


def _told(office: Office) -> list[str]:
    from awards.extensions import db

    with office.site.app_context():
        return list(db.session.scalars(select(Outbox.recipient).where(Outbox.template == "rules_amended")))


def _per_city(office: Office) -> int:
    from awards.extensions import db

    with office.site.app_context():
        return editions.rules_of(db.session(), office.edition()).eligibility.per_city


def _shown(office: Office) -> str:
    from awards.extensions import db

    with office.site.app_context():
        texts = editions.texts_of(db.session(), office.edition())
        name = texts["categories"]["services"]["name"]["en"]
        assert isinstance(name, str)
        return name


def test_an_edition_in_preparation_is_on_the_desk_only(office: Office) -> None:
    office.move(Phase.DRAFT)

    assert "Nobody sees this edition but those who run it." in office.open(f"{DESK}/")
    assert office.site.test_client().get(f"/en/{KEY}/rules").status_code == 404
