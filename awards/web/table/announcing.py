"""Announcing the finalists."""
