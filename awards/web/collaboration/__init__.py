"""The people and bodies of a nomination: its organisation, who writes it, its partners, whom it nominates."""

from awards.web.collaboration import letter, nominee, organisation, partners, people
from awards.web.collaboration.desk import blueprint

__all__ = ["blueprint", "letter", "nominee", "organisation", "partners", "people"]
