"""The web application: each role's day in a browser."""
