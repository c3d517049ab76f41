"""Scanning: uploads, what became of every page, and the closing of batches."""
