"""Rehearsals: an edition played beforehand by simulated people on a scratch database, and what would go wrong.

`brief.read` takes everything from the live database, once; `report.rehearse` plays it elsewhere and gives the report, a
document; `findings` names what can stand in it; `working` is the worker's.
"""
