"""What is kept, in a database (Django's models) and a folder of page images, and what may be asked of it.

`setup.open_store` comes first. The other modules hold plain functions, named for what they keep or tell,
that take and return frozen records; no model leaves this package.
"""
