"""The forms about people."""

from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import Group, User

from pipeline.store import models as store
from pipeline.web.models import Membership
from pipeline.web.roles import Role


class FirstAdministratorForm(BaseUserCreationForm):  # type: ignore[type-arg]
    """Name and password of whoever sets the program up."""

    first_name = forms.CharField(label="First name", max_length=150)
    last_name = forms.CharField(label="Last name", max_length=150)

    class Meta:
        """Names first, as people introduce themselves."""

        model = User
        fields = ("first_name", "last_name", "username")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.pop("autofocus", None)
        self.fields["username"].label = "User name"
        self.fields["username"].help_text = "You sign in with it. Letters, digits and @ . + - _ only."
        self.fields["password1"].help_text = "At least 10 characters. Three words that don't belong together are good."
        self.fields["password2"].label = "The same password again"
        self.fields["password2"].help_text = ""

    def save(self, commit: bool = True) -> User:
        """Make the account, which looks after the people of every organisation."""
        self.instance.is_superuser = True
        user: User = super().save(commit)
        return user


class RolesForm(forms.Form):
    """What somebody is in an organisation."""

    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=[(role.value, f"{role.label}: {role.hint}") for role in Role],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Take all away, and this person sees nothing of this organisation any more.",
    )
    ward = forms.ChoiceField(
        label="Ward", required=False, help_text="For ward staff: the ward that they print for. Empty for all wards."
    )

    def __init__(self, *args: Any, organisation: store.Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        wards = organisation.wards.filter(active=True).order_by("position")
        ward: Any = self.fields["ward"]
        ward.choices = [("", "All wards"), *((one.code, one.name) for one in wards)]

    def give_roles(self, user: User) -> None:
        """Make it so."""
        roles = self.cleaned_data["roles"]
        Membership.objects.filter(user=user, organisation=self.organisation).exclude(group__name__in=roles).delete()
        for role in roles:
            Membership.objects.update_or_create(
                user=user,
                organisation=self.organisation,
                group=Group.objects.get(name=role),
                defaults={"ward": self.cleaned_data["ward"] if role == Role.WARD else ""},
            )


class NewPersonForm(RolesForm):
    """Somebody new, or somebody who works for another organisation already."""

    first_name = forms.CharField(label="First name", max_length=150)
    last_name = forms.CharField(label="Last name", max_length=150)
    username = forms.CharField(
        label="User name",
        max_length=150,
        validators=[User.username_validator],
        help_text="They sign in with it. Letters, digits and @ . + - _ only.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    has_account = forms.BooleanField(
        label="This person signs in to another organisation with this user name already", required=False
    )

    field_order = ("first_name", "last_name", "username", "has_account", "roles", "ward")

    def clean(self) -> dict[str, Any]:
        """Look whether the user name is free, or known as said."""
        told = super().clean() or {}
        if "username" not in told:
            return told
        known = User.objects.filter(username__iexact=told["username"]).first()
        if known is None and told.get("has_account"):
            self.add_error("username", "Nobody has this user name. Look at how it is spelt.")
        if known is not None and not told.get("has_account"):
            self.add_error("username", "Somebody has this user name. Choose another, or say below that it is theirs.")
        if not told.get("roles"):
            self.add_error("roles", "Choose at least one role.")
        self.known = known
        return told

    def save(self) -> User:
        """Make the account, without a password yet, or take the known one; give the roles."""
        told = self.cleaned_data
        user = self.known or User.objects.create_user(
            told["username"], first_name=told["first_name"], last_name=told["last_name"]
        )
        self.give_roles(user)
        return user
