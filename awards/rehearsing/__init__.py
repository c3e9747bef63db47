"""Rehearsals: an edition played beforehand by simulated people on a scratch database, and what would go wrong.

`read` takes everything from the live database, once; `rehearse` plays it elsewhere and gives the report, a document.
"""

from awards.rehearsing.brief import Brief, read
from awards.rehearsing.findings import Kind, Severity
from awards.rehearsing.play import Step
from awards.rehearsing.report import STEPS, rehearse

__all__ = ["STEPS", "Brief", "Kind", "Severity", "Step", "read", "rehearse"]
