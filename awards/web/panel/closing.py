"""Closing the round: what is missing, waivers, the last look."""
