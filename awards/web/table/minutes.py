"""The minutes as a paper."""
