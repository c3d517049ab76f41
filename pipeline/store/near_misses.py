"""Tells of new submissions that may be known ones: where rows have no ids, an edit looks like a new row."""

from collections.abc import Iterator, Sequence

from pipeline.store import models


def near_misses(form: models.Form, fresh: Sequence[models.SubmissionVersion]) -> Iterator[tuple[int, str]]:
    """Yield row and reason of new rows that have a known one's time stamp, or say the same to the letter at another
    time. `fresh` are not yet saved."""
    current = models.SubmissionVersion.objects.filter(submission__form=form, current=True)
    times = {version.received_at for version in fresh}
    digests = {version.digest for version in fresh}
    stamped = dict(current.filter(received_at__in=times).values_list("received_at", "submission__source__source"))
    worded = dict(current.filter(digest__in=digests).values_list("digest", "submission__source__source"))
    for version in fresh:
        if other := stamped.get(version.received_at):
            yield version.row, f"it came at the very time of {other}, with other words: perhaps that one, edited"
        elif other := worded.get(version.digest):
            yield version.row, f"it says what {other} says, at another time: perhaps sent twice"
