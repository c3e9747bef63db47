"""Confirming a sheet that somebody else has typed."""
