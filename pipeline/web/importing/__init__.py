"""Importing what was sent electronically."""
