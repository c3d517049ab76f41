"""Where everything is. What concerns an organisation stands below its code."""

from django.contrib.auth.views import LogoutView, PasswordResetCompleteView
from django.urls import URLPattern, URLResolver, include, path, register_converter

from pipeline.web import errors
from pipeline.web.page import PARTS
from pipeline.web.password_links import ChoosePassword
from pipeline.web.signing_in import SignIn, first_administrator
from pipeline.web.start.views import home, start


class OrganisationCode:
    """An ODS code in a URL."""

    regex = "[A-Z0-9]{3,6}"

    def to_python(self, value: str) -> str:
        """Return it as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it is."""
        return value


register_converter(OrganisationCode, "organisation")


urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("first/<token>/", first_administrator, name="first-administrator"),
    path("password/<uidb64>/<token>/", ChoosePassword.as_view(), name="choose-password"),
    path(
        "password/chosen/",
        PasswordResetCompleteView.as_view(template_name="password_chosen.html"),
        name="password-chosen",
    ),
    path("<organisation:organisation>/", start, name="start"),
    *(
        path(f"<organisation:organisation>/{part}/", include(f"pipeline.web.{name.split(':')[0]}.urls"))
        for part, _, name, _ in PARTS
    ),
]
handler400 = errors.bad
handler403 = errors.forbidden
handler404 = errors.missing
handler500 = errors.broken
