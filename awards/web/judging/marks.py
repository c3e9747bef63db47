"""A judge's own marks as a table."""
