"""Tells every card layout that can be read here: of the shipped templates, and of those that cards were
printed from."""

from functools import cache

from forms.errors import ConfigurationError
from forms.flow import lay_out
from forms.layout import CardLayout
from forms.template_file import load_template, parse_template, template_names
from pipeline.store.printing import kept_templates


def known_layouts() -> dict[str, CardLayout]:
    """Return the layouts by fingerprint."""
    layouts = {}
    for kept in kept_templates():
        try:
            layout = lay_out(parse_template(kept.toml)).card
        except ConfigurationError:
            continue  # Printed by a version with other rules; its cards are known, but can't be read anew.
        layouts[layout.fingerprint] = layout
    for name in template_names():
        layout = lay_out(load_template(name)).card
        layouts[layout.fingerprint] = layout
    return layouts


@cache
def standard_layout() -> CardLayout:
    """Return the layout of the standard card, whose questions electronic submissions answer."""
    return lay_out(load_template("nomination")).card
