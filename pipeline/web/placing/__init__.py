"""Exceptions: pages that no machine could place are turned, cropped and named by hand, or set aside."""
