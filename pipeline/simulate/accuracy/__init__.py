"""Measures how well handwriting is read: cards filled in by people whom nothing was trained on, and bare ink."""
