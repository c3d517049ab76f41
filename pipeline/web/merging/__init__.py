"""Merging what is one nomination, and asking people where it isn't sure."""
