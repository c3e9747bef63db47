"""The chair's orders among level nominations, and the signature."""
