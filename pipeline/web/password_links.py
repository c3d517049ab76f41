"""The links by which people choose a password."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from pipeline.web.audit import record_of_account
from pipeline.web.models import Membership


class _LinkTokens(PasswordResetTokenGenerator):
    """Tokens that hold only while somebody belongs to the organisations that they belonged to.

    Whoever has a link can become that person, and was let have it because of what the person reached then: a link of
    one organisation's administrator must not open another one that the person joins later.
    """

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        reached = Membership.objects.filter(user=user).values_list("organisation", flat=True)
        return f"{super()._make_hash_value(user, timestamp)}{user.is_superuser} {' '.join(sorted(set(reached)))}"


link_tokens = _LinkTokens()


def password_link(person: User) -> str:
    """Return the path of a link by which a person chooses a password."""
    key = urlsafe_base64_encode(force_bytes(person.pk))
    return reverse("choose-password", args=[key, link_tokens.make_token(person)])


class ChoosePassword(PasswordResetConfirmView):
    """The page on which somebody who has a link chooses a password."""

    template_name = "choose_password.html"
    success_url = "/password/chosen/"
    token_generator = link_tokens

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the password, and enter in the log that it was chosen."""
        with transaction.atomic():
            answer = super().form_valid(form)
            record_of_account(form.user, "chose a password")
        return answer
