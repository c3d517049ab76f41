"""What people fill in about scans."""

from datetime import date

from django import forms
from django.utils import timezone

from pipeline.store.uploads import MAX_FILE_BYTES, MAX_UPLOAD_BYTES

FIRST_DAY = date(2015, 1, 1)
"""No card is older."""


class UploadForm(forms.Form):
    """What goes with the files, which are streamed to the disk before this is looked at."""

    received = forms.DateField(
        label="The day the cards came in",
        help_text="Day, month and year, such as 6/8/2026.",
        input_formats=["%d/%m/%Y", "%d %m %Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d"],
        # Not the browser's own date field, which shows the month first where the browser is American.
        widget=forms.DateInput(attrs={"class": "nhsuk-input--width-10", "autocomplete": "off"}, format="%d/%m/%Y"),
        initial=timezone.localdate,
        error_messages={
            "required": "Enter the day the cards came in.",
            "invalid": "Enter a real date, such as 6/8/2026.",
        },
    )

    limits = (
        f"PDF, TIFF, JPEG or PNG; {MAX_FILE_BYTES // 1_000_000} MB each, "
        f"{MAX_UPLOAD_BYTES // 1_000_000_000} GB together."
    )

    def clean_received(self) -> date:
        """No card came in tomorrow."""
        day: date = self.cleaned_data["received"]
        if not FIRST_DAY <= day <= timezone.localdate():
            raise forms.ValidationError("The day must be in 2015 or later, and not in the future.")
        return day


class CloseForm(forms.Form):
    """How many pages somebody has in hand, and why the batch is closed although the ledger says otherwise."""

    counted = forms.IntegerField(
        label="How many pages do you have in your hand?",
        help_text="Count both sides of each sheet if the scanner took both.",
        min_value=0,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "nhsuk-input--width-5", "autocomplete": "off"}),
        error_messages={
            "required": "Enter how many pages you counted.",
            "invalid": "Enter a number, such as 24.",
            "min_value": "Enter a number, such as 24.",
            "max_value": "Enter a number, such as 24.",
        },
    )
    reason = forms.CharField(
        label="To close all the same, say why",
        help_text="It is kept with the batch.",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReopenForm(forms.Form):
    """Why a closed batch is opened again."""

    reason = forms.CharField(
        label="Why is it opened again?",
        max_length=500,
        widget=forms.TextInput(),
        error_messages={"required": "Say why the batch is opened again."},
    )
