"""What programs read: badges, feeds, tables, structured data, and the pages that explain them."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta

import feedparser
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from awards.documents import badge as pure
from awards.models import Badge, Certificate, Edition, Publication, PublicationKind
from awards.web.public import open_data
from tests.validators_web import nu
from tests.web import world
from tests.web.conftest import Walk

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
RELEASE = world.NOW + timedelta(days=1)


def badge_of(site: Flask, code: str) -> str:
    from awards.extensions import db

    with site.app_context():
        return db.session.scalars(
            select(Badge.public_id)
            .join(Certificate, Certificate.holder == Badge.holder)
            .where(Certificate.code == code, Certificate.edition_id == Badge.edition_id)
        ).one()


def take_down(site: Flask, key: str) -> None:
    from awards.extensions import db

    with site.app_context():
        edition = db.session.scalars(select(Edition.id).where(Edition.key == key)).one()
        db.session.execute(
            update(Publication)
            .where(Publication.edition_id == edition, Publication.kind == PublicationKind.WINNERS)
            .values(taken_down_at=world.NOW)
        )
        db.session.commit()


# badges


def test_the_page_of_a_badge_says_what_it_is_and_gives_it_away(site: Flask) -> None:
    key, client = badge_of(site, world.CODE), site.test_client()

    page = client.get(f"/en/badges/{key}").text
    token = client.get(f"/badges/{key}.jwt")

    assert "This badge is in force" in page
    assert "SPECIMEN · Best Prize · WeGO Awards 2014" in page
    assert token.mimetype == pure.MEDIA_TYPE
    assert pure.says(token.text)["id"] == f"{world.URL}/badges/{key}"


def test_the_pictures_of_a_badge_hold_its_credential_where_others_look_for_it(site: Flask) -> None:
    from openbadgeslib.ob3.verifier import OB3Verifier

    key, client = badge_of(site, world.CODE), site.test_client()
    token = client.get(f"/badges/{key}.jwt").text

    svg, png = (client.get(f"/badges/{key}.{kind}") for kind in ("svg", "png"))

    assert OB3Verifier.extract_token_from_svg(svg.data) == token
    assert OB3Verifier.extract_token_from_png(png.data) == token
    assert "script" not in svg.text
    assert len(png.data) < 60_000


def test_a_revoked_badge_says_since_when_and_why_and_the_list_has_its_bit(site: Flask) -> None:
    key, client = badge_of(site, world.REVOKED_CODE), site.test_client()

    page = client.get(f"/en/badges/{key}").text
    entry = pure.says(client.get(f"/badges/{key}.jwt").text)["credentialStatus"]
    told = pure.says(client.get("/badges/status/1").text)["credentialSubject"]["encodedList"]

    assert "This badge was revoked" in page
    assert "Given by mistake." in page
    assert told == pure.bits([int(entry["statusListIndex"])])


def test_issuer_and_keys_are_read_by_every_site_and_fit_the_badge(site: Flask) -> None:
    key, client = badge_of(site, world.CODE), site.test_client()
    token = client.get(f"/badges/{key}.jwt").text

    issuer, jwks = client.get("/badges/issuer"), client.get("/badges/keys")
    (published,) = jwks.json["keys"]
    alone = client.get(published["kid"].removeprefix(world.URL))

    assert issuer.json["name"].startswith("WeGO")
    assert issuer.json["id"] == pure.says(token)["issuer"]["id"]
    assert alone.json == published == issuer.json["verificationMethod"][0]["publicKeyJwk"]
    assert "d" not in published
    assert {it.headers["Access-Control-Allow-Origin"] for it in (issuer, jwks, alone)} == {"*"}
    assert pure.read(token, [pure.ECKey.import_key(published)])["iss"] == issuer.json["id"]


@pytest.mark.parametrize("address", ["/en/badges/{}", "/badges/{}.jwt", "/badges/{}.svg", "/badges/{}.png"])
def test_an_embargoed_badge_answers_like_one_that_does_not_exist(
    site: Flask, at_noon: time_machine.Traveller, address: str
) -> None:
    key, client = badge_of(site, world.EMBARGOED_CODE), site.test_client()
    at_noon.move_to(RELEASE - timedelta(minutes=1), tick=False)
    before, none = client.get(address.format(key)), client.get(address.format("no-such-badge"))
    at_noon.move_to(RELEASE, tick=False)

    assert before.status_code == none.status_code == 404
    assert before.text.replace(key, "") == none.text.replace("no-such-badge", "")
    assert client.get(address.format(key)).status_code == 200


def test_what_was_taken_down_takes_its_badge_along(site: Flask) -> None:
    key, client = badge_of(site, world.CODE), site.test_client()
    take_down(site, world.RELEASED)

    found = [
        client.get(it).status_code for it in (f"/en/badges/{key}", f"/badges/{key}.jwt", f"/badges/{key}.svg")
    ]

    assert found == [410, 410, 410]


# feeds


def test_a_feed_parses_and_tells_who_won(visitor: FlaskClient) -> None:
    answer = visitor.get(f"/en/{world.RELEASED}/feed.atom")

    found = feedparser.parse(answer.data)

    assert not found.bozo, found.bozo_exception
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    assert found.feed.title == "WeGO Awards 2014"
    entry = next(it for it in found.entries if it.title == "Winners: Open City")
    assert "Barcelona" in entry.content[0].value
    assert len({it.id for it in found.entries}) == len(found.entries) == 10


def test_every_feed_is_bare_of_faults(walk: Walk) -> None:
    feeds = {at: it for at, it in walk.answers.items() if at.endswith("feed.atom") and it.status_code == 200}

    assert {at for at, it in feeds.items() if feedparser.parse(it.data).bozo} == set()
    assert f"/ko/{world.OPEN}/feed.atom" in feeds
    assert "/en/feed.atom" in feeds


def test_a_correction_moves_the_entry_and_keeps_its_id(site: Flask) -> None:
    from awards.extensions import db

    before = entries(site)
    with site.app_context():
        shown = db.session.scalars(winners_of("open-city")).one()
        db.session.add(
            Publication(
                edition_id=shown.edition_id, category="open-city", kind=PublicationKind.WINNERS,
                document={**shown.document, "rows": shown.document["rows"][:1]}, visible_from=world.NOW,
            )
        )  # fmt: skip
        db.session.commit()

    after = entries(site)

    key = next(key for key, it in before.items() if it.title == "Winners: Open City")
    assert before.keys() == after.keys()
    assert (before[key].updated, after[key].updated) == ("2026-05-03T09:00:00Z", "2026-05-04T09:00:00Z")
    assert before[key].published == after[key].published == "2026-05-03T09:00:00Z"
    assert {it.updated for name, it in after.items() if name != key} == {"2026-05-03T09:00:00Z"}


def test_winners_taken_down_leave_the_feed_and_it_says_so(site: Flask) -> None:
    take_down(site, world.RELEASED)

    entry = next(it for it in entries(site).values() if it.title == "Winners: Open City")

    assert "Barcelona" not in entry.content[0].value
    assert "taken down" in entry.content[0].value
    assert entry.updated == "2026-05-04T09:00:00Z"


def entries(site: Flask) -> dict[str, feedparser.FeedParserDict]:
    return {
        it.id: it
        for it in feedparser.parse(site.test_client().get(f"/en/{world.RELEASED}/feed.atom").data).entries
    }


def winners_of(category: str) -> object:
    return (
        select(Publication)
        .join(Edition, Edition.id == Publication.edition_id)
        .where(
            Edition.key == world.RELEASED,
            Publication.category == category,
            Publication.kind == PublicationKind.WINNERS,
        )
    )


def test_a_feed_of_an_edition_without_result_is_empty_and_tells_no_moment(visitor: FlaskClient) -> None:
    found = feedparser.parse(visitor.get(f"/en/{world.EMBARGOED}/feed.atom").data)

    assert (found.bozo, found.entries, found.feed.updated) == (False, [], "2000-01-01T00:00:00Z")


# open data


def table(visitor: FlaskClient, name: str, edition: str = world.RELEASED) -> list[dict[str, object]]:
    answer = visitor.get(f"/{edition}/data/{name}.json" if edition else f"/data/{name}.json")
    assert answer.status_code == 200
    found: list[dict[str, object]] = answer.json["rows"]
    return found


def test_winners_are_a_table(visitor: FlaskClient) -> None:
    (row,) = (it for it in table(visitor, "winners") if it["reference"] == "OC-05")

    said = {
        key: row[key] for key in ("category", "prize_name", "place", "organisation", "country", "citation")
    }
    assert said == {
        "category": "open-city",
        "prize_name": "Best Prize",
        "place": 1,
        "organisation": "Barcelona",
        "country": "ES",
        "citation": "It answers, and others took it over.",
    }
    assert row["page"] == f"{world.URL}/{world.RELEASED}/winners/OC-05"


@pytest.mark.parametrize("name", open_data.TABLES)
def test_both_forms_hold_the_same_and_every_field_is_documented(visitor: FlaskClient, name: str) -> None:
    rows = table(visitor, name, "")
    answer = visitor.get(f"/data/{name}.csv")
    lines = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    page = visitor.get("/en/data/").text

    assert len(lines) == len(rows) > 0
    assert {tuple(it) for it in rows} == {tuple(lines[0])}
    documented = page.split(f'id="{name}"')[1].split("</section>")[0]
    assert re.findall(r"<dt lang=\"\"><code>(\w+)</code>", documented) == list(lines[0])


def test_no_cell_of_a_csv_file_is_a_formula(site: Flask) -> None:
    from awards.extensions import db

    with site.app_context():
        shown = db.session.scalars(winners_of("open-city")).one()
        row = {**shown.document["rows"][0], "title": '=HYPERLINK("https://evil.example")'}
        shown.document = {**shown.document, "rows": [row]}
        db.session.commit()

    text = site.test_client().get(f"/{world.RELEASED}/data/winners.csv").text

    assert """"'=HYPERLINK(""" in text


def test_data_has_finalists_only_where_winners_are_not_public(visitor: FlaskClient) -> None:
    assert len(table(visitor, "finalists", world.VOTING)) == 5
    assert table(visitor, "winners", world.VOTING) == []
    assert {it["winners"] for it in table(visitor, "categories", world.VOTING)} == {None}


def test_an_edition_in_preparation_and_an_unknown_table_have_no_data(visitor: FlaskClient) -> None:
    for address in (f"/{world.DRAFT}/data/winners.json", "/data/judges.json", "/data/winners.xml"):
        assert visitor.get(address).status_code == 404, address
    assert world.DRAFT not in json.dumps(table(visitor, "editions", ""))


def test_data_says_a_licence_only_where_the_edition_states_one(site: Flask) -> None:
    from awards.extensions import db
    from awards.models import TextsDocument

    client = site.test_client()
    before = client.get(f"/{world.RELEASED}/data/winners.json").json
    with site.app_context():
        edition = db.session.scalars(select(Edition).where(Edition.key == world.RELEASED)).one()
        last = db.session.scalars(
            select(TextsDocument)
            .where(TextsDocument.edition_id == edition.id)
            .order_by(TextsDocument.version)
        ).all()[-1]
        document = {**last.document, "licence": {"en": "CC BY 4.0"}}
        db.session.add(
            TextsDocument(
                edition_id=edition.id, version=last.version + 1, document=document, at=world.NOW,
                by_id=last.by_id, reason="Stated",
            )
        )  # fmt: skip
        db.session.commit()

    assert "licence" not in before
    assert client.get(f"/{world.RELEASED}/data/winners.json").json["licence"] == "CC BY 4.0"
    assert "CC BY 4.0" in client.get(f"/en/{world.RELEASED}/data/").text


# checking a result


def test_the_page_tells_a_citizen_how_to_check_and_names_the_fingerprint(visitor: FlaskClient) -> None:
    page = visitor.get(f"/en/{world.RELEASED}/check").text

    command = f"python3 -m judging recount {world.RELEASED}-record.zip --manifest {world.MANIFEST}"
    assert command in page
    assert "What it does not prove" in page
    assert visitor.get(f"/en/{world.VOTING}/check").status_code == 404
    for other in ("record", "winners", "method"):
        assert f'href="/en/{world.RELEASED}/check"' in visitor.get(f"/en/{world.RELEASED}/{other}").text, (
            other
        )


def test_the_program_to_take_along_counts_and_needs_python_alone(
    visitor: FlaskClient, tmp_path: object
) -> None:
    import subprocess
    import sys
    from pathlib import Path

    first, again = (visitor.get("/judging.zip").data for _ in range(2))
    folder = Path(str(tmp_path)) / "unpacked"
    zipfile.ZipFile(io.BytesIO(first)).extractall(folder)

    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "-m",
            "judging",
            "recount",
            str(world.ROOT / "tests/data/record-before-options.zip"),
        ],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )

    assert first == again
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(it.name for it in folder.iterdir()) == ["LICENSE", "judging"]


# the map of the site


def test_the_map_of_the_site_names_what_is_public_and_no_specimen(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    client, secret = site.test_client(), f"{world.URL}/ko/{world.EMBARGOED}/winners/EMB-77"
    before = client.get("/sitemap.xml").text
    at_noon.move_to(RELEASE, tick=False)
    after = client.get("/sitemap.xml").text

    assert (secret in before, secret in after) == (False, True)
    assert f"{world.URL}/en/{world.VOTING}/finalists" in before
    assert world.RELEASED not in after
    assert world.DRAFT not in after
    assert f"Sitemap: {world.URL}/sitemap.xml" in client.get("/robots.txt").text


# frames


def test_the_frame_alone_may_be_framed_and_sets_no_cookie(visitor: FlaskClient) -> None:
    frame, page = (visitor.get(f"/en/{world.RELEASED}/{it}") for it in ("embed", "winners"))

    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    assert "script-src" not in frame.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in frame.headers
    assert "<form" not in frame.text
    assert "Barcelona" in frame.text


def test_how_to_frame_it_is_there_to_copy(visitor: FlaskClient) -> None:
    page = visitor.get(f"/en/{world.RELEASED}/embedding").text

    assert f"&lt;iframe src=&#34;{world.URL}/en/{world.RELEASED}/embed&#34;" in page
    assert f"&lt;a href=&#34;{world.URL}/en/{world.RELEASED}/winners/OC-05&#34;" in page
    assert visitor.get(f"/en/{world.VOTING}/embedding").status_code == 404


# structured data


SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
NEEDED = {
    "WebSite": {"name", "url"},
    "WebPage": {"name", "url", "inLanguage"},
    "CollectionPage": {"name", "url", "mainEntity"},
    "ItemList": {"numberOfItems", "itemListElement"},
    "ListItem": {"position"},
    "BreadcrumbList": {"itemListElement"},
    "CreativeWork": {"name", "award", "creator", "url"},
    "Organization": {"name"},
    "Person": {"name"},
    "PostalAddress": set(),
    "Dataset": {"name", "description", "url", "distribution"},
    "DataDownload": {"contentUrl", "encodingFormat"},
}
"""What each type has to say, by schema.org and by what search engines ask of it."""


def things(value: object) -> list[dict[str, object]]:
    """Every thing of a type in a document, however deep."""
    if isinstance(value, list):
        return [it for one in value for it in things(one)]
    if not isinstance(value, dict):
        return []
    own = [value] if "@type" in value else []
    return own + [it for one in value.values() for it in things(one)]


def test_structured_data_of_every_page_has_what_its_types_need(walk: Walk) -> None:
    found = {
        at: [json.loads(it) for it in SCRIPT.findall(answer.text)]
        for at, answer in walk.answers.items()
        if answer.mimetype == "text/html" and answer.status_code == 200
    }

    said = {at: it for at, it in found.items() if it}
    winner = f"/en/{world.RELEASED}/winners/OC-05"
    assert {winner, "/en/", f"/ko/{world.RELEASED}/winners", "/en/data/"} <= said.keys()
    assert {len(it) for it in said.values()} == {1}
    for at, (document,) in said.items():
        assert document["@context"] == "https://schema.org", at
        for it in things(document["@graph"]):
            assert NEEDED[str(it["@type"])] <= it.keys(), (at, it)
            addresses = [it[key] for key in ("url", "item", "contentUrl", "image") if key in it]
            assert all(str(address).startswith(world.URL) for address in addresses), at
    (work,) = (it for it in things(said[winner]) if it["@type"] == "CreativeWork")
    assert work["award"] == ["Best Prize, WeGO Awards 2014"]
    assert work["creator"]["name"] == "Barcelona"  # type: ignore[index]


def test_no_text_of_a_winner_ends_the_block_of_data(site: Flask) -> None:
    from awards.extensions import db

    with site.app_context():
        shown = db.session.scalars(winners_of("open-city")).one()
        row = {**shown.document["rows"][0], "title": "</script><script>alert(1)</script>"}
        shown.document = {**shown.document, "rows": [row]}
        db.session.commit()

    page = site.test_client().get(f"/en/{world.RELEASED}/winners/OC-05").text

    assert "<script>alert" not in page
    assert "</script><script>alert(1)</script>" in json.dumps(json.loads(SCRIPT.findall(page)[0]))


def test_a_winners_page_says_what_is_shown_where_it_is_shared(visitor: FlaskClient) -> None:
    page = visitor.get(f"/en/{world.RELEASED}/winners/OC-05").text

    told = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))
    assert told["title"] == "Barcelona: Best Prize · WeGO Awards 2014"
    assert told["description"] == "It answers, and others took it over."
    assert told["url"] == f"{world.URL}/en/{world.RELEASED}/winners/OC-05"
    assert f'href="{world.URL}/en/{world.RELEASED}/feed.atom"' in page


# the Nu HTML checker


def looked_at(walk: Walk) -> dict[str, str]:
    return {
        at: answer.text
        for at, answer in walk.answers.items()
        if answer.mimetype == "text/html" and answer.status_code in (200, 404, 410)
    }


SAMPLE = (
    *("", "rules", "finalists", "winners", "winners/OC-05", "method", "record"),
    *("check", "data/", "embed", "embedding"),
)


def test_the_nu_checker_finds_nothing_on_a_page_of_each_kind(walk: Walk) -> None:
    pages = looked_at(walk)
    wanted = [f"/ko/{world.RELEASED}/{it}" for it in SAMPLE] + [
        "/en/",
        "/en/archive",
        "/en/data/",
        "/en/verify/",
    ]
    wanted += [next(at for at in pages if at.startswith("/en/badges/") and pages[at].count("revoked"))]

    assert nu({at: pages[at] for at in wanted}) == {}


@pytest.mark.audit
def test_the_nu_checker_finds_nothing_on_any_public_page(walk: Walk) -> None:
    assert nu(looked_at(walk)) == {}
