"""Organisations, their wards and their staff, as their profiles say."""

from django.db import models


class Organisation(models.Model):
    """An organisation, known by its ODS code."""

    code = models.CharField(max_length=6, primary_key=True)
    name = models.TextField()
    scheme = models.TextField()
    return_to = models.TextField(blank=True)
    privacy_notice = models.TextField(blank=True)
    submit_url = models.TextField(blank=True)
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class EarlierName(models.Model):
    """A name that an organisation had until its profile said another."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="earlier_names")
    name = models.TextField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} (until {self.until:%d %B %Y})"


class Ward(models.Model):
    """A ward, team or department. One that is no longer listed stays, because its cards do."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="wards")
    code = models.CharField(max_length=20)
    name = models.TextField()
    position = models.PositiveIntegerField(default=0)
    """Its place in the list."""
    active = models.BooleanField(default=True)

    class Meta:
        """One row for each code."""

        constraints = (models.UniqueConstraint(fields=("organisation", "code"), name="one_ward_per_code"),)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class StaffMember(models.Model):
    """Someone on the staff list. One who left stays, marked as no longer active, because nominations name
    them."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="staff")
    staff_id = models.CharField(max_length=100)
    first_name = models.TextField(blank=True)
    last_name = models.TextField(blank=True)
    job_title = models.TextField(blank=True)
    ward = models.CharField(max_length=20, blank=True)
    """The ward's code; empty for someone who belongs to none."""
    position = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        """One row for each staff id."""

        constraints = (models.UniqueConstraint(fields=("organisation", "staff_id"), name="one_member_per_id"),)

    def __str__(self) -> str:
        return f"{self.staff_id} {self.first_name} {self.last_name}"
