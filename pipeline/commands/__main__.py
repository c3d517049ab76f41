"""`python -m pipeline.commands`, the same as `compassion`."""

from pipeline.commands import main

main()
