"""Badges: an award as a credential that machines read (Open Badges 3.0, Verifiable Credentials 2.0 as VC-JWT).

Credentials and status lists are values; keys sign them with ES256 (P-256), as joserfc does it.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

VC, OB = "https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
MEDIA_TYPE, STATUS_MEDIA_TYPE = "application/vc+jwt", "application/vc+jwt"
ALGORITHM = "ES256"
SIZE = 131_072
"""Places of one status list: the least that the standard allows, so that none stands out."""
STALE = timedelta(days=2)
"""A status list that is older is believed by nobody."""
JUDGE = {"en": "Judge", "ko": "심사 위원"}
SPECIMEN = {"en": "SPECIMEN", "ko": "견본"}


class BadgeDamaged(Exception):
    """A token that no key of ours signed, or that says something else."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a badge says: who was honoured by whom, with what, when. `prize` is empty for a judge.

    `url` is the address of the site, `key` names the badge, `place` its bit in the status lists.
    """

    url: str
    key: str
    edition_key: str
    place: int
    language: str
    association: str
    edition: str
    prize: str
    prize_key: str
    category: str
    category_key: str
    names: tuple[str, ...]
    project: str
    page: str
    awarded_on: date
    issued_at: datetime
    specimen: bool = False

    @property
    def title(self) -> str:
        """What it is called: the prize and the edition, or that somebody was a judge of it."""
        honour = self.prize or JUDGE.get(self.language, JUDGE["en"])
        words = f"{honour} · {self.edition}"
        return f"{SPECIMEN.get(self.language, SPECIMEN['en'])} · {words}" if self.specimen else words


def new_key() -> bytes:
    """A private key on P-256 as PEM."""
    return ECKey.generate_key("P-256").as_pem(private=True)


def key_id(key: ECKey) -> str:
    """How a key is called: its thumbprint (RFC 7638)."""
    return str(key.thumbprint())


def read_key(pem: bytes) -> ECKey:
    return ECKey.import_key(pem)


def public_half(key: ECKey, url: str) -> dict[str, Any]:
    """A key as everybody may have it (JWK); `kid` is the address where it is."""
    found = dict(key.as_dict(private=False))
    return {**found, "kid": key_address(url, key_id(key)), "use": "sig", "alg": ALGORITHM}


def key_address(url: str, name: str) -> str:
    return f"{url}/badges/keys/{name}"


def issuer_address(url: str) -> str:
    return f"{url}/badges/issuer"


def status_address(url: str, number: int) -> str:
    """Where the status list of that number is, from 1."""
    return f"{url}/badges/status/{number}"


def list_of(place: int) -> int:
    """In which list a place is."""
    return place // SIZE + 1


def issuer_document(url: str, name: str, keys: Iterable[ECKey]) -> dict[str, Any]:
    """The issuer as a profile, with the keys that sign for it."""
    here = issuer_address(url)
    methods = [
        {
            "id": key_address(url, key_id(key)),
            "type": "JsonWebKey",
            "controller": here,
            "publicKeyJwk": public_half(key, url),
        }
        for key in keys
    ]
    return {
        "@context": [VC, OB],
        "id": here,
        "type": ["Profile"],
        "name": name,
        "url": url,
        "verificationMethod": methods,
        "assertionMethod": [it["id"] for it in methods],
    }


def credential(claim: Claim) -> dict[str, Any]:
    """The credential of a claim, not signed yet."""
    here = f"{claim.url}/badges/{claim.key}"
    about = " · ".join(it for it in (claim.prize, claim.category, claim.edition) if it)
    kind = f"{claim.url}/{claim.edition_key}/{claim.category_key}/{claim.prize_key or 'judge'}"
    number, place = list_of(claim.place), str(claim.place % SIZE)
    status = status_address(claim.url, number)
    found: dict[str, Any] = {
        "@context": [VC, OB],
        "id": here,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": claim.title,
        "issuer": {
            "id": issuer_address(claim.url),
            "type": ["Profile"],
            "name": claim.association,
            "url": claim.url,
        },
        "validFrom": _instant(claim.issued_at),
        "awardedDate": f"{claim.awarded_on.isoformat()}T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": name, "identityType": "name"}
                for name in claim.names
            ],
            "achievement": {
                "id": f"urn:uuid:{uuid5(NAMESPACE_URL, kind)}",
                "type": ["Achievement"],
                "achievementType": "Award",
                "name": claim.title,
                "description": about if claim.prize else claim.title,
                "inLanguage": claim.language,
                "criteria": {"id": f"{claim.url}/{claim.edition_key}/rules", "narrative": about},
                "image": {"id": f"{here}.svg", "type": "Image"},
            },
        },
        "credentialStatus": {
            "id": f"{status}#{place}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": place,
            "statusListCredential": status,
        },
    }
    if claim.page:
        found["evidence"] = [{"id": claim.page, "type": ["Evidence"], "name": claim.project}]
    return found


def status_list(url: str, number: int, ended: Collection[int], *, now: datetime) -> dict[str, Any]:
    """Which badges of a list are no longer in force, as a credential. `ended` are places of any list.

    It is the same the whole day long, so that it tells nothing of when it was asked for.
    """
    here = status_address(url, number)
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC)
    return {
        "@context": [VC],
        "id": here,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_address(url),
        "validFrom": _instant(midnight),
        "validUntil": _instant(midnight + STALE),
        "credentialSubject": {
            "id": f"{here}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": bits([it % SIZE for it in ended if list_of(it) == number]),
        },
    }


def bits(places: Iterable[int]) -> str:
    """Bits as the standard writes them: the first one leftmost, gzip, base64url, with `u` before it."""
    whole = bytearray(SIZE // 8)
    for place in places:
        whole[place // 8] |= 0x80 >> (place % 8)
    packed = gzip.compress(bytes(whole), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def sign(document: Mapping[str, Any], pem: bytes, url: str) -> str:
    """A credential or a status list as a signed token."""
    claims = {
        **document,
        "iss": _issuer_of(document),
        "jti": document["id"],
        "nbf": int(datetime.fromisoformat(document["validFrom"]).timestamp()),
    }
    if until := document.get("validUntil"):
        claims["exp"] = int(datetime.fromisoformat(until).timestamp())
    return _signed(json.dumps(claims, ensure_ascii=False, sort_keys=True), pem, url)


@lru_cache(maxsize=64)
def _signed(text: str, pem: bytes, url: str) -> str:
    """Every signature differs; who asks for the same twice is to get the same."""
    key = read_key(pem)
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key_address(url, key_id(key))}
    return jws.serialize_compact(header, text.encode(), key, algorithms=[ALGORITHM])


def read(token: str, keys: Sequence[ECKey]) -> dict[str, Any]:
    """What a token says, if one of these keys signed it. Raises BadgeDamaged."""
    for key in keys:
        try:
            found = json.loads(jws.deserialize_compact(token, key, algorithms=[ALGORITHM]).payload)
        except (JoseError, ValueError):
            continue
        if isinstance(found, dict):
            return found
    raise BadgeDamaged


def says(token: str) -> dict[str, Any]:
    """What a token of our own says, whoever signed it: for those that come from our database."""
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _issuer_of(document: Mapping[str, Any]) -> str:
    issuer = document["issuer"]
    return str(issuer["id"] if isinstance(issuer, Mapping) else issuer)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
