"""Conflicts of judges: found, declared, suspected, waived."""
