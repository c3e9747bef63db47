"""Interests, declared from titles and cities before any content is seen, and again for one nomination."""
