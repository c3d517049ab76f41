"""Signing in and out, and the first administrator."""

from django.contrib.auth import login, views
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.models import User
from django.db import transaction
from django.forms import TextInput
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from pipeline.web.errors import say
from pipeline.web.first_administrator import forget_link, is_first_link
from pipeline.web.models import AuditEvent
from pipeline.web.people.forms import FirstAdministratorForm
from pipeline.web.roles import person_name

_LONGEST_NAME = 150


class SignInForm(AuthenticationForm):
    """User name and password."""

    # With its limit from the start: Django's own form sets one only after the field has chosen how to check. What is
    # longer must not reach the log of wrong passwords, which has no room for it.
    username = UsernameField(
        label="User name",
        max_length=_LONGEST_NAME,
        widget=TextInput(attrs={"autofocus": True}),
        error_messages={"max_length": f"A user name has no more than {_LONGEST_NAME} characters."},
    )


class SignIn(views.LoginView):
    """The sign-in page."""

    form_class = SignInForm
    template_name = "sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in, and enter it in the log."""
        user = form.get_user()
        AuditEvent.objects.create(user=user, person=person_name(user), action="signed in")
        return super().form_valid(form)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Return the sign-in form instead of a page, which opens once signed in."""
    context = {"form": SignInForm(request), "next": request.get_full_path() if request.method == "GET" else ""}
    return render(request, "sign_in.html", context, status=403)


def locked_out(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    """Answer somebody who typed too many wrong passwords."""
    return say(
        request,
        429,
        "Too many wrong passwords",
        "Wait 15 minutes, then try again. If you have forgotten your password, ask an administrator for a new link.",
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def first_administrator(request: HttpRequest, token: str) -> HttpResponseBase:
    """Let whoever started the program make themselves its administrator, once."""
    if not is_first_link(token):
        raise Http404("There is no such page.")
    form = FirstAdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user: User = form.save()
            AuditEvent.objects.create(user=user, person=person_name(user), action="became the first administrator")
        forget_link()
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("home")
    return render(request, "first_administrator.html", {"form": form})
