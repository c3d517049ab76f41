"""`python -m pipeline.web.frontend`."""

from pipeline.web.frontend.build import build

build()
