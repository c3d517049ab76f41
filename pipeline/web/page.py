"""What every page shows around its content."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from pipeline.web.roles import Role, organisations_of, person_name

_COORDINATOR = Role.COORDINATOR
PARTS = (
    ("print", "Print", "printing:start", (Role.WARD, Role.ADMIN, _COORDINATOR)),
    ("scan", "Scan", "scanning:start", (Role.ADMIN, _COORDINATOR)),
    ("exceptions", "Exceptions", "placing:start", (Role.ADMIN, _COORDINATOR)),
    ("review", "Review", "reviewing:start", (Role.QUALITY_LEAD, _COORDINATOR)),
    ("import", "Import", "importing:start", (_COORDINATOR,)),
    ("merge", "Merge", "merging:start", (_COORDINATOR,)),
    ("register", "Register", "register:start", (_COORDINATOR, Role.QUALITY_LEAD)),
    ("people", "People", "people:start", (Role.ADMINISTRATOR,)),
)
"""Each part: its place in the URL, its name, its first page, who may see it."""


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """One entry of the navigation."""

    text: str
    url: str
    here: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """Return organisation, person and navigation, for templates."""
    organisation = getattr(request, "organisation", None)
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "organisation": organisation,
        "person": person_name(user) if signed_in and user is not None else "",
        "navigation": _navigation(request) if organisation is not None and signed_in else [],
        "several_organisations": signed_in and organisation is not None and len(organisations_of(user)) > 1,  # type: ignore[arg-type]
    }


def _navigation(request: Any) -> list[NavigationLink]:
    code = request.organisation.code
    links = []
    for path, text, name, roles in PARTS:
        if request.roles & set(roles):
            links.append(NavigationLink(text, reverse(name, args=[code]), request.path.startswith(f"/{code}/{path}/")))
    return links
