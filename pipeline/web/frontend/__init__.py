"""Builds what the pages look like from the npm package `nhsuk-frontend`; nothing of it is kept in the repository."""
