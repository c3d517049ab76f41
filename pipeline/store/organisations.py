"""Keeps organisations' profiles, and gives them back."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from forms.errors import UsageError
from forms.organisation import Organisation, Profile, StaffMember, Ward
from pipeline.store import models
from pipeline.store.database import lock, plainly


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a profile did."""

    organisation: str
    new: bool
    earlier_name: str
    """The name it had before, when that changed."""
    wards: int
    staff: int
    wards_gone: int
    """Wards that are no longer listed, and from now on no longer offered."""
    staff_gone: int


def save_profile(profile: Profile) -> Loaded:
    """Keep a profile, over an earlier one of the same organisation.

    Wards and staff that are no longer listed are kept, marked as no longer active; where the profile has no
    such list at all they stay as they are.
    """
    code = profile.organisation.code
    with transaction.atomic():
        lock([f"organisation:{code}"])
        before = models.Organisation.objects.filter(code=code).first()
        now = timezone.now()
        models.Organisation.objects.update_or_create(
            code=code, defaults={**asdict(profile.organisation), "loaded_at": now}
        )
        renamed = before is not None and before.name != profile.organisation.name
        if before is not None and renamed:
            models.EarlierName.objects.create(organisation_id=code, name=before.name, until=now)
        wards_gone = _save_wards(code, profile.wards) if profile.has_wards else 0
        staff_gone = _save_staff(code, profile.staff) if profile.has_staff else 0
        return Loaded(
            code,
            before is None,
            before.name if before is not None and renamed else "",
            models.Ward.objects.filter(organisation=code, active=True).count(),
            models.StaffMember.objects.filter(organisation=code, active=True).count(),
            wards_gone,
            staff_gone,
        )


def _save_wards(code: str, wards: Iterable[Ward]) -> int:
    rows = [
        models.Ward(organisation_id=code, code=ward.code, name=ward.name, position=position, active=True)
        for position, ward in enumerate(wards)
    ]
    models.Ward.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["organisation", "code"],
        update_fields=["name", "position", "active"],
        batch_size=500,
    )
    listed = {row.code for row in rows}
    active = models.Ward.objects.filter(organisation=code, active=True).values_list("pk", "code")
    return _retire(models.Ward, [key for key, ward in active if ward not in listed])


def _save_staff(code: str, staff: Iterable[StaffMember]) -> int:
    rows = [
        models.StaffMember(organisation_id=code, position=position, active=True, **asdict(member))
        for position, member in enumerate(staff)
    ]
    models.StaffMember.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["organisation", "staff_id"],
        update_fields=["first_name", "last_name", "job_title", "ward", "position", "active"],
        batch_size=500,
    )
    listed = {row.staff_id for row in rows}
    active = models.StaffMember.objects.filter(organisation=code, active=True).values_list("pk", "staff_id")
    return _retire(models.StaffMember, [key for key, member in active if member not in listed])


def _retire(model: type[models.Ward] | type[models.StaffMember], keys: list[int]) -> int:
    """Mark rows as no longer active, some at a time, because a query has room for so many values only."""
    for start in range(0, len(keys), 500):
        model.objects.filter(pk__in=keys[start : start + 500]).update(active=False)
    return len(keys)


def organisation_codes() -> list[str]:
    """Return the codes of the organisations that were loaded."""
    return list(models.Organisation.objects.order_by(plainly("code")).values_list("code", flat=True))


def profile_of(code: str) -> Profile:
    """Return an organisation's profile, its active wards and staff. Raises UsageError when it was never
    loaded."""
    row = models.Organisation.objects.filter(code=code).first()
    if row is None:
        known = ", ".join(organisation_codes()) or "none"
        raise UsageError(
            f"Organisation '{code}' was never loaded (loaded: {known}). Run 'compassion load DIR' with its profile."
        )
    wards = row.wards.filter(active=True).order_by("position").values_list("code", "name")
    staff = row.staff.filter(active=True).order_by("position")
    return Profile(
        Organisation(row.code, row.name, row.scheme, row.return_to, row.privacy_notice, row.submit_url),
        tuple(Ward(ward, name) for ward, name in wards),
        tuple(
            StaffMember(member.staff_id, member.first_name, member.last_name, member.job_title, member.ward)
            for member in staff.iterator()
        ),
    )


def ward_of(profile: Profile, code: str) -> Ward:
    """Return a ward of the profile. Raises UsageError when there is none of that code."""
    for ward in profile.wards:
        if ward.code == code:
            return ward
    known = ", ".join(ward.code for ward in profile.wards) or "none"
    raise UsageError(f"{profile.organisation.code} has no ward '{code}' (it has: {known}).")
