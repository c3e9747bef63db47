"""A round opened again for one judge alone, by two people."""
