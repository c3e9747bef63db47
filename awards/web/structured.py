"""What a page tells programs about itself: structured data (schema.org) and what is shown where it is shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for
from flask_babel import gettext as _

from awards.web.edition_page import Page
from awards.web.face import Face
from awards.web.language import current
from awards.web.results import Category, Nominee

if TYPE_CHECKING:
    from awards.web.public.winners import Portrait

CONTEXT = "https://schema.org"
SHARE_IMAGE = "public.share_image"
LOCALES = {"en": "en_GB", "ko": "ko_KR"}


@dataclass(frozen=True, slots=True)
class Card:
    """What the head of a page says: title and description where it is shared, its address and picture (absolute),
    its feed, and its structured data. `image` and `feed` may be empty.
    """

    title: str
    description: str
    url: str
    data: dict[str, Any]
    image: str = ""
    feed: str = ""
    kind: str = "website"

    @property
    def locale(self) -> str:
        return LOCALES.get(current(), current())


def of_front() -> Card:
    """The first page of the site."""
    here = absolute("public.front")
    said = _("Awards of cities: who won, and how it was counted.")
    data = {"@type": "WebSite", "name": "Laurels", "url": here, "inLanguage": current()}
    return Card("Laurels", said, here, _graph(data), feed=absolute("public.feed"))


def of_edition(page: Page) -> Card:
    """The overview of an edition."""
    here = absolute("public.edition", edition=page.face.key)
    name, honours = str(page.face.name), str(page.face.say("honours"))
    data = _page("WebPage", name, here) | {"description": honours, "about": _giver(page.face)}
    return Card(name, honours, here, _graph(data), feed=_feed(page))


def of_list(page: Page, endpoint: str, title: str, categories: Sequence[Category]) -> Card:
    """Finalists or winners of an edition as a list; each once, in the order of the page."""
    here = absolute(f"public.{endpoint}", edition=page.face.key)
    found = [it for category in categories for it in category.nominees]
    found += [it for category in categories for won in category.prizes for it in won.nominees]
    name = f"{title} · {page.face.name}"
    data = _page("CollectionPage", name, here) | {
        "mainEntity": {
            "@type": "ItemList",
            "numberOfItems": len(found),
            "itemListElement": [
                {"@type": "ListItem", "position": number, "name": f"{it.name}: {it.title}"}
                | ({"url": _of_winner(page, it)} if endpoint == "winners" else {})
                for number, it in enumerate(found, start=1)
            ],
        }
    }
    said = str(page.face.say("honours"))
    return Card(name, said, here, _graph(data, _trail(page, [(title, here)])), feed=_feed(page))


def of_winner(page: Page, portrait: Portrait) -> Card:
    """A winner: the project, who carries it, and each prize as an award of it."""
    it, here = portrait.nominee, _of_winner(page, portrait.nominee)
    name, prizes = (
        str(it.read_as or it.name),
        [f"{given.name}, {page.face.name}" for given in portrait.prizes],
    )
    image = _image(page, it)
    work: dict[str, Any] = {
        "@type": "CreativeWork",
        "name": str(it.title),
        "award": prizes,
        "creator": _nominee(it, portrait.row.get("nominee_kind") == "individual"),
        "url": here,
    }
    if it.summary:
        work["abstract"] = str(it.summary)
    if citation := next((str(given.citation) for given in portrait.prizes if given.citation), ""):
        work["description"] = citation
    if image:
        work["image"] = image
    title = f"{name}: {portrait.prizes[0].name} · {page.face.name}"
    winners = (_("Winners"), absolute("public.winners", edition=page.face.key))
    said = citation or str(it.summary or it.title)
    data = _graph(_page("WebPage", title, here) | {"mainEntity": work}, _trail(page, [winners, (name, here)]))
    return Card(title, said, here, data, image=image, feed=_feed(page), kind="article")


def of_data(page: Page | None) -> Card:
    """The open data of an edition, or of all, as a data set."""
    about = page.face if page else None
    here = (
        absolute("public.open_data_of", edition=about.key) if about else absolute("public.open_data_of_all")
    )
    title = _("Open data")
    name = f"{title} · {about.name}" if about else title
    said = _(
        "Editions, categories, finalists and winners as tables, in JSON and CSV, with what each field means."
    )
    dataset: dict[str, Any] = {
        "@type": "Dataset",
        "name": name,
        "description": said,
        "url": here,
        "isAccessibleForFree": True,
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": media, "contentUrl": _table(about, table, extension)}
            for table in ("editions", "categories", "finalists", "winners")
            for extension, media in (("json", "application/json"), ("csv", "text/csv"))
        ],
    }
    if about:
        dataset["creator"] = _giver(about)
    return Card(name, said, here, _graph(dataset), feed=_feed(page) if page else absolute("public.feed"))


def absolute(endpoint: str, **values: object) -> str:
    """An address of ours with the site before it, in the language of the page."""
    return f"{current_app.config['LAURELS_URL']}{url_for(endpoint, **values)}"  # type: ignore[arg-type]


def _graph(*things: dict[str, Any]) -> dict[str, Any]:
    return {"@context": CONTEXT, "@graph": list(things)}


def _page(kind: str, name: str, here: str) -> dict[str, Any]:
    return {"@type": kind, "@id": here, "name": name, "url": here, "inLanguage": current()}


def _trail(page: Page, steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    whole = [(str(page.face.name), absolute("public.edition", edition=page.face.key)), *steps]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": address}
            for number, (name, address) in enumerate(whole, start=1)
        ],
    }


def _giver(about: Face) -> dict[str, Any]:
    return {"@type": "Organization", "name": str(about.say("association"))}


def _nominee(it: Nominee, person: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "Person" if person else "Organization", "name": str(it.name)}
    if it.read_as:
        found["alternateName"] = str(it.read_as)
    address = {"@type": "PostalAddress"}
    address |= {"addressLocality": str(it.city)} if it.city else {}
    address |= {"addressCountry": it.country} if it.country else {}
    return found | ({"address": address} if len(address) > 1 else {})


def _of_winner(page: Page, it: Nominee) -> str:
    return absolute("public.winner", edition=page.face.key, reference=it.reference)


def _image(page: Page, it: Nominee) -> str:
    """The share image of a winner, where the site draws them."""
    if SHARE_IMAGE not in current_app.view_functions:
        return ""
    return absolute(SHARE_IMAGE, edition=page.face.key, reference=it.reference)


def _table(about: Face | None, table: str, extension: str) -> str:
    values = {"table": table, "extension": extension}
    return (
        absolute("data.of_edition", edition=about.key, **values)
        if about
        else absolute("data.of_all", **values)
    )


def _feed(page: Page) -> str:
    return absolute("public.feed_of", edition=page.face.key)
