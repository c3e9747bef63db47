"""How often a visitor may try something: counted by address and by place, in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from flask import request

from awards import throttle
from awards.extensions import db
from awards.throttle import Counted, Kind
from awards.web import sessions


def place() -> str:
    """Where a request comes from; of an IPv6 address the half that names a network."""
    address = request.remote_addr or ""
    try:
        return IPv6Address(int(IPv6Address(address)) >> 64 << 64).compressed
    except AddressValueError:
        return address


def network() -> str:
    """The network from which a request comes, wide enough that neighbours share it: /24, of IPv6 /48."""
    address = request.remote_addr or ""
    try:
        if ":" in address:
            return IPv6Address(int(IPv6Address(address)) >> 80 << 80).compressed
        return str(IPv4Address(int(IPv4Address(address)) >> 8 << 8))
    except AddressValueError:
        return address


def take_each(kind: Kind, names: Iterable[str]) -> list[str]:
    """Count an attempt for each of several; those that hadn't had their share. Commits as `take` does."""
    left = [it for it in sorted(set(names)) if throttle.count(db.session(), [(kind, it)], sessions.now())]
    db.session.commit()
    return left


def take(*keys: Counted) -> bool:
    """Count an attempt; False where there were too many. Commits, so that the count stands whatever follows.

    Whoever writes afterwards begins to write anew.
    """
    counted = throttle.count(db.session(), keys, sessions.now())
    db.session.commit()
    return counted
