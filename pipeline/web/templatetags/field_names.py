"""Names of fields and choices in templates."""

from django import template

from pipeline.web.field_names import FIELD_NAMES, VALUE_NAMES

register = template.Library()


@register.filter
def field_name(name: str) -> str:
    """Return what people call a field."""
    return FIELD_NAMES.get(name, name)


@register.filter
def value_names(text: str) -> str:
    """Return the card's own choices, as a text holds them, in words; any other text as it is."""
    parts = text.split("; ")
    return "; ".join(VALUE_NAMES[part] for part in parts) if all(part in VALUE_NAMES for part in parts) else text
