"""Simulated sources as the merge takes them, without files and a store between."""

from pipeline.records import Status
from pipeline.simulate.nominations.world import OrganisationWorld, SimulatedSource
from pipeline.statement import Answer, People, Source, StaffEntry, Standing, Statement

_STANDINGS = {
    Status.ACCEPTED.value: Standing.ACCEPTED,
    Status.REVIEW.value: Standing.REVIEW,
    Status.BLANK.value: Standing.BLANK,
}


def statement_of(source: SimulatedSource) -> Statement:
    """Return what a simulated source says."""
    answers = {}
    for field, value in source.values.items():
        typed = Standing.ELECTRONIC if value else Standing.BLANK
        answers[field] = Answer(value, _STANDINGS[source.statuses[field]] if source.paper else typed)
    return Statement(
        source=Source(source.id, "simulated", "simulated"),
        key=f"{source.organisation}/{source.id}",
        organisation=source.organisation,
        received_at=source.received_at,
        paper=source.paper,
        answers=answers,
        staff=source.nominee_staff,
    )


def people_of(organisation: OrganisationWorld) -> People:
    """Return the lists of a simulated organisation."""
    profile = organisation.profile
    staff = (StaffEntry(one.staff_id, one.first_name, one.last_name, one.ward) for one in profile.staff)
    return People(tuple(staff), {ward.code: ward.name for ward in profile.wards})
