"""Inviting judges: from earlier panels, one by one, or from a file."""
