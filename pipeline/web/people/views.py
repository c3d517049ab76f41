"""The pages about people."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pipeline.store.batch_ledger import nobodys_batches
from pipeline.store.page_owners import is_only_organisation
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.models import Membership
from pipeline.web.password_links import password_link
from pipeline.web.people.forms import NewPersonForm, RolesForm


@require_safe
@needs(Role.ADMINISTRATOR)
def start(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Show who belongs to the organisation."""
    people = (
        User.objects.filter(memberships__organisation=organisation).distinct().order_by("last_name", "first_name", "pk")
    )
    rows = [(person, _roles(person, organisation)) for person in people]
    nobodys = 0 if is_only_organisation(organisation) else nobodys_batches().count()
    return render(request, "people/start.html", {"rows": rows, "nobodys": nobodys})


@require_http_methods(["GET", "POST"])
@needs(Role.ADMINISTRATOR)
def add(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Add somebody, and show the link by which they choose a password."""
    form = NewPersonForm(request.POST or None, organisation=request.organisation)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            person = form.save()
            record(request, "added person", person.username, ", ".join(form.cleaned_data["roles"]))
        if form.known:
            messages.success(request, f"{person.get_full_name()} has these roles now.")
            return redirect("people:start", organisation)
        return _show_link(request, person)
    return render(request, "people/add.html", {"form": form})


@require_http_methods(["GET", "POST"])
@needs(Role.ADMINISTRATOR)
def edit(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Change somebody's roles."""
    person = _person(organisation, pk)
    roles = _roles(person, organisation)
    ward = Membership.objects.filter(user=person, organisation=organisation, group__name=Role.WARD).first()
    form = RolesForm(
        request.POST or None,
        organisation=request.organisation,
        initial={"roles": [role.value for role in roles], "ward": ward.ward if ward else ""},
    )
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.give_roles(person)
            record(request, "changed roles", person.username, ", ".join(form.cleaned_data["roles"]) or "none")
        messages.success(request, f"The roles of {person.get_full_name()} are saved.")
        return redirect("people:start", organisation)
    return render(request, "people/edit.html", {"form": form, "member": person, "may_link": _may_link(request, person)})


@require_POST
@needs(Role.ADMINISTRATOR)
def link(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Make a new link by which somebody chooses a password; the old password holds until they do."""
    person = _person(organisation, pk)
    if not _may_link(request, person):
        raise PermissionDenied("This person belongs to another organisation too, whose administrator you are not.")
    record(request, "made password link", person.username)
    return _show_link(request, person)


def _show_link(request: WebRequest, person: User) -> HttpResponseBase:
    context = {"member": person, "link": request.build_absolute_uri(password_link(person))}
    return render(request, "people/link.html", context)


def _person(organisation: str, pk: int) -> User:
    person = User.objects.filter(pk=pk, memberships__organisation=organisation).distinct().first()
    if person is None:
        raise Http404("There is no such page.")
    return person


def _roles(person: User, organisation: str) -> list[Role]:
    held = set(Membership.objects.filter(user=person, organisation=organisation).values_list("group__name", flat=True))
    return [role for role in Role if role.value in held]


def _may_link(request: WebRequest, person: User) -> bool:
    """Whoever has the link can become that person: so an administrator of one organisation must not reach another's
    nominations by way of somebody who works for both."""
    if request.user.is_superuser:
        return True
    theirs = set(Membership.objects.filter(user=person).values_list("organisation", flat=True))
    looked_after = Membership.objects.filter(user=request.user, group__name=Role.ADMINISTRATOR)
    return not person.is_superuser and theirs <= set(looked_after.values_list("organisation", flat=True))
