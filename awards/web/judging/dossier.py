"""Files of a nomination as judges see them: pages drawn to pictures, originals to download."""
