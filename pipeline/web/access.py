"""Lets people see what concerns them, and nothing else. Every view of an organisation is wrapped in `needs`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from pipeline.store import models as store
from pipeline.web.roles import Role, person_name, standing_of

__all__ = ["Role", "WebRequest", "needs"]


class WebRequest(HttpRequest):
    """A request of somebody who may make it, as `needs` hands it to a view."""

    user: User
    htmx: HtmxDetails
    organisation: store.Organisation
    roles: frozenset[Role]
    person: str
    """How decisions and the audit log name whoever asks: "Ann Lee (ann.lee)"."""
    ward: str
    """The only ward that somebody of the role `ward` prints for; empty for all."""


class OrganisationView(Protocol):
    """A view of one organisation."""

    def __call__(self, request: WebRequest, organisation: str, **kwargs: Any) -> HttpResponseBase:
        """Answer."""
        ...


def needs(*roles: Role) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let only people of one of these roles in the URL's organisation see a view.

    Nobody signed in gets the sign-in form with status 403; whoever is of no such organisation, 404, as if there were
    none; whoever has another role there, 403.
    """
    allowed = frozenset(roles)

    def wrap(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: WebRequest, organisation: str, **kwargs: Any) -> HttpResponseBase:
            from pipeline.web.signing_in import ask_to_sign_in

            if not cast(HttpRequest, request).user.is_authenticated:
                return ask_to_sign_in(request)
            standing = standing_of(request.user, organisation)
            if standing is None:
                raise Http404("There is no such page.")
            request.organisation = standing.organisation
            request.roles = standing.roles
            request.person = person_name(request.user)
            request.ward = standing.ward
            if not allowed & standing.roles:
                raise PermissionDenied("This is for " + ", ".join(sorted(role.label for role in allowed)) + ".")
            return view(request, organisation, **kwargs)

        guarded.needs = allowed  # type: ignore[attr-defined]
        return guarded

    return wrap
