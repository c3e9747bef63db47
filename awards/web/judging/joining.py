"""A judge who accepted says who they are, agrees to the code of conduct, and is on the panel."""
