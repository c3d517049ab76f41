"""The table that statements are compared in: one row each, all that comparing needs worked out once."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.merge.nominees import Nominee, name_is_unsure
from pipeline.merge.person_names import NOBODY, meanings, misread_keys, one_box_name
from pipeline.merge.story_grams import story_sketch, telling_words
from pipeline.statement import Standing, Statement

if TYPE_CHECKING:
    import pyarrow as pa

_DAY_ZERO = 719_163
"""1 January 1970, counted as Python counts days."""


def comparison_table(statements: Sequence[Statement], nominees: Sequence[Nominee]) -> "pa.Table":
    """Return the table, its rows numbered by `unique_id` in the order of `statements`.

    `nominees` says of each statement whom it means.
    """
    import pyarrow as pa

    rows = [_row(n, said, nominee) for n, (said, nominee) in enumerate(zip(statements, nominees, strict=True))]
    return pa.Table.from_pylist(rows, schema=_schema())


def _schema() -> "pa.Schema":
    import pyarrow as pa

    text, texts, number, flag = pa.string(), pa.list_(pa.string()), pa.int32(), pa.bool_()
    columns = {
        "unique_id": pa.int64(),
        "organisation": text,
        "paper": flag,
        # The nominee; names in capitals, lists of every name that a first name may stand for.
        "nominee_kind": text,
        "staff": text,
        "nominee": text,
        "nominee_letters": text,
        "nominee_unsure": flag,
        "firsts": texts,
        "first_letters": text,
        "first_initial": text,
        "first_initials": texts,
        "first_keys": texts,
        "lasts": texts,
        "last_keys": texts,
        "team": text,
        "team_key": text,
        "team_listed": flag,
        "team_name": text,
        "team_words": texts,
        # The nominator.
        "nominator": text,
        "nominator_letters": text,
        "nominator_unsure": flag,
        "nominator_firsts": texts,
        "nominator_lasts": texts,
        "nominator_form": text,
        "nominator_initial": text,
        "nominator_keys": texts,
        "nominator_key": text,
        "nominator_type": text,
        "contact": text,
        # The story, and when it was told, in days since 1970.
        "story": pa.binary(),
        "story_size": number,
        "story_words": texts,
        "day": number,
        "received": number,
    }
    return pa.schema(list(columns.items()))


def _row(number: int, said: Statement, nominee: Nominee) -> dict[str, Any]:
    story, size = story_sketch(said.text("action"), said.text("impact"))
    return {
        "unique_id": number,
        "organisation": said.organisation,
        **_nominee_cells(said, nominee),
        **_nominator_cells(said),
        "day": written_day(said),
        "received": said.received_at.toordinal() - _DAY_ZERO,
        "paper": said.paper,
        "story": story,
        "story_size": size,
        "story_words": sorted({word for word in telling_words(said.text("action")) if len(word) > 5}),
    }


def _nominee_cells(said: Statement, nominee: Nominee) -> dict[str, Any]:
    name = nominee.name
    return {
        "nominee_kind": "person" if name else "team" if nominee.team else "",
        "staff": nominee.staff or None,
        "nominee": " ".join(name.words) or None,
        "nominee_letters": "".join((*name.firsts, *name.lasts)) or None,
        "firsts": sorted(meanings(word for word in name.firsts if len(word) > 1)),
        "first_letters": "".join(name.firsts),
        "first_initial": name.firsts[0][0] if name.firsts else None,
        "first_initials": [word for word in name.firsts if len(word) == 1],
        "lasts": list(name.lasts),
        "nominee_unsure": name_is_unsure(said),
        "last_keys": sorted({key for word in name.lasts for key in misread_keys(word)}),
        "first_keys": list(name.firsts),
        "team": nominee.team or None,
        "team_listed": nominee.team_is_listed,
        "team_name": nominee.team or None,
        "team_words": sorted(set(nominee.team.split())),
        "team_key": (nominee.team or None) if not name else None,
    }


def _nominator_cells(said: Statement) -> dict[str, Any]:
    text = said.text("nominator_name")
    name = one_box_name(text) if text else NOBODY
    contact = "".join(said.text("nominator_contact").split()).casefold()
    return {
        "nominator": " ".join(name.words) or None,
        "nominator_letters": "".join((*name.firsts, *name.lasts)) or None,
        "nominator_firsts": sorted(meanings(name.firsts)),
        "nominator_lasts": list(name.lasts),
        "contact": contact or None,
        "nominator_type": said.text("nominator_type") or None,
        "nominator_form": "both" if name.firsts and name.lasts else "first" if name.firsts else "last",
        "nominator_initial": name.firsts[0][0] if name.firsts else "",
        "nominator_keys": sorted({key for word in name.words if len(word) > 1 for key in misread_keys(word)}),
        "nominator_unsure": said.answer("nominator_name").standing is Standing.REVIEW,
        "nominator_key": " ".join(name.words) or contact or None,
    }


def written_day(said: Statement) -> int | None:
    """Return the day that was written, as days since 1970; a web form's own day where none was.

    A day read from a card and not yet looked at is none: a misread year would say that two stories are years apart.
    """
    answer = said.answer("date")
    if isinstance(answer.value, str) and answer.value and answer.standing > Standing.REVIEW:
        return date.fromisoformat(answer.value).toordinal() - _DAY_ZERO
    return None if said.paper else said.received_at.toordinal() - _DAY_ZERO
