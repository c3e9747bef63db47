"""One nomination with its score sheet: reading it, saving, submitting, handing it back."""
