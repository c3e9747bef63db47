"""What the pages of the roll have in common."""

from __future__ import annotations

from flask import Blueprint

from awards.web.language import PREFIX

blueprint = Blueprint("roll", __name__, url_prefix=f"{PREFIX}/secretariat/<edition>/roll")
