"""What is compared of two statements, level by level, as Splink takes it. The one place where this is declared.

Conditions are DuckDB's SQL on the columns of `table.py`. Of each comparison the first level that holds counts; when
none does, `otherwise`. What a level weighs stands in `weights.toml`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """One way in which two statements may agree or differ."""

    name: str
    sql: str
    words: str
    """As a person is told; `{share}` is the share of words that two stories have in common."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing that is compared."""

    name: str
    missing: str
    """SQL: when there is nothing to compare, so that it weighs nothing."""
    levels: tuple[Level, ...]
    otherwise: Level

    @property
    def all_levels(self) -> tuple[Level, ...]:
        """The levels in the order that they are tried, the last resort included."""
        return (*self.levels, self.otherwise)


ELSE = "ELSE"
_SAME_LAST = "list_has_any(last_keys_l, last_keys_r)"
"""A last name, or a part of it, is the same but for a letter."""
_SAME_FIRST = (
    "(list_has_any(firsts_l, firsts_r) OR (len(first_letters_l) > 2 AND len(first_letters_r) > 2"
    " AND (starts_with(first_letters_l, first_letters_r) OR starts_with(first_letters_r, first_letters_l))))"
)
_INITIALS = (
    "(list_has_any(first_initials_l, list_transform(firsts_r, lambda name: name[1]))"
    " OR list_has_any(first_initials_r, list_transform(firsts_l, lambda name: name[1]))"
    " OR list_has_any(first_initials_l, first_initials_r))"
)
_TWO_STAFF = "staff_l <> staff_r"
_COMMON = "bit_count(story_l & story_r)"
_SMALLER = "least(story_size_l, story_size_r)"
_SHARE = f"{_COMMON} / {_SMALLER}"
"""Of the shorter story, what the other has: near 1 where one is a part of the other."""
_BOTH = f"2 * {_COMMON} / (story_size_l + story_size_r)"
"""Of both stories together, what they have in common."""


def _apart(letters: str, share: float) -> str:
    """Return SQL for: the letters differ by at most this share of the longer one, by one letter at least."""
    longer = f"greatest(length({letters}_l), length({letters}_r))"
    return f"damerau_levenshtein({letters}_l, {letters}_r) <= greatest(1, {share} * {longer})"


_NAMES_ALIKE = f"({_apart('nominee_letters', 0.17)} OR {_apart('nominee', 0.17)})"
_TEAMS_ALIKE = (
    f"({_apart('team_name', 0.25)} OR list_has_all(team_words_l, team_words_r)"
    " OR list_has_all(team_words_r, team_words_l))"
)
_TWO_TEAMS = "nominee_kind_l = 'team' AND nominee_kind_r = 'team'"
_ONE_NAME = "(len(firsts_l) = 0 OR len(firsts_r) = 0 OR len(lasts_l) = 0 OR len(lasts_r) = 0)"

NOMINEE = Comparison(
    "nominee",
    "nominee_kind_l = '' OR nominee_kind_r = ''",
    (
        Level("same_staff", "staff_l = staff_r", "same nominee on the staff list"),
        Level(
            "twins",
            f"{_TWO_STAFF} AND team_listed_l AND team_listed_r AND team_l <> team_r AND {_NAMES_ALIKE}",
            "two members of staff on two wards, whose names are alike",
        ),
        Level("two_staff_one_name", f"{_TWO_STAFF} AND {_NAMES_ALIKE}", "two members of staff whose names are alike"),
        Level("two_staff", _TWO_STAFF, "two different members of staff"),
        Level("same_team", f"{_TWO_TEAMS} AND team_l = team_r", "same team is thanked"),
        Level("two_wards", f"{_TWO_TEAMS} AND team_listed_l AND team_listed_r", "two different wards are thanked"),
        Level("teams_alike", f"{_TWO_TEAMS} AND {_TEAMS_ALIKE}", "teams of much the same name are thanked"),
        Level("teams_differ", _TWO_TEAMS, "different teams are thanked"),
        Level("person_and_team", "nominee_kind_l <> nominee_kind_r", "one thanks a person, the other a team"),
        Level("same_name", "nominee_l = nominee_r", "same nominee by name"),
        Level(
            "short_form",
            f"{_SAME_LAST} AND {_SAME_FIRST}",
            "same nominee by a short form of the name, or a part of it",
        ),
        Level("initial", f"{_SAME_LAST} AND {_INITIALS}", "same last name and initial of the nominee"),
        Level(
            "misread",
            f"{_NAMES_ALIKE} OR ({_SAME_LAST} AND len(first_letters_l) > 3 AND {_apart('first_letters', 0.34)})",
            "nominees' names differ by a letter or two",
        ),
        Level(
            "one_name_only",
            f"{_ONE_NAME} AND ({_SAME_LAST} OR {_SAME_FIRST} OR list_has_any(firsts_l, lasts_r)"
            " OR list_has_any(lasts_l, firsts_r))",
            "one name of the nominee is the same, the other isn't given",
        ),
        Level(
            "one_name_alike",
            f"{_ONE_NAME} AND ({_INITIALS} OR (len(first_letters_l) > 3 AND len(first_letters_r) > 3"
            f" AND {_apart('first_letters', 0.2)}))",
            "one name of the nominee is alike, the other isn't given",
        ),
        Level(
            "much_misread",
            f"(nominee_unsure_l OR nominee_unsure_r) AND {_apart('nominee_letters', 0.4)}",
            "nominees' names may be the same, badly read",
        ),
        Level("same_last", _SAME_LAST, "nominees of one last name, whose first names differ"),
    ),
    Level("different", ELSE, "different nominees"),
)

WARD = Comparison(
    "ward",
    "team_l IS NULL OR team_r IS NULL OR nominee_kind_l <> 'person' OR nominee_kind_r <> 'person'",
    (
        Level("same", "team_l = team_r", "same ward or team"),
        Level("alike", f"NOT (team_listed_l AND team_listed_r) AND {_TEAMS_ALIKE}", "wards of much the same name"),
    ),
    Level("different", ELSE, "different wards or teams"),
)

_STORIES = "the stories share {share} of their words"
STORY = Comparison(
    "story",
    "story_size_l = 0 OR story_size_r = 0",
    (
        Level("few_words_alike", f"{_SMALLER} < 12 AND {_BOTH} >= 0.7", "the stories are alike, but say little"),
        Level("few_words", f"{_SMALLER} < 12", "one of the stories is too short to compare"),
        Level("short_nearly_all", f"{_SMALLER} < 40 AND {_BOTH} >= 0.75", f"{_STORIES}, which are few"),
        Level("short_most", f"{_SMALLER} < 40 AND {_BOTH} >= 0.55", f"{_STORIES}, which are few"),
        Level("short_half", f"{_SMALLER} < 40 AND {_BOTH} >= 0.4", f"{_STORIES}, which are few"),
        Level("short_part", f"{_SMALLER} < 40 AND {_SHARE} >= 0.7", f"{_STORIES}, which are few"),
        Level("short_some", f"{_SMALLER} < 40 AND {_BOTH} >= 0.25", f"{_STORIES}, which are few"),
        Level("nearly_all", f"{_BOTH} >= 0.75", _STORIES),
        Level("most", f"{_BOTH} >= 0.55", _STORIES),
        Level("half", f"{_BOTH} >= 0.42", _STORIES),
        Level("part", f"{_SHARE} >= 0.65", _STORIES),
        Level("some", f"{_BOTH} >= 0.33", _STORIES),
        Level("little", f"{_BOTH} >= 0.24", _STORIES),
    ),
    Level("different", ELSE, _STORIES),
)

_SAME_NOMINATOR_LAST = "list_has_any(nominator_lasts_l, nominator_lasts_r)"
_SAME_NOMINATOR_FIRST = "list_has_any(nominator_firsts_l, nominator_firsts_r)"
_NO_NAME = "nominator_l IS NULL OR nominator_r IS NULL"
_ONE_EACH = (
    "(nominator_form_l = 'first' AND nominator_form_r = 'last')"
    " OR (nominator_form_l = 'last' AND nominator_form_r = 'first')"
)
NOMINATOR = Comparison(
    "nominator",
    # One who gave a first name only and one who gave a last name only may be one.
    f"({_NO_NAME} OR {_ONE_EACH}) AND (contact_l IS NULL OR contact_r IS NULL)",
    (
        Level("same_contact", "contact_l = contact_r", "same e-mail or telephone number of the nominator"),
        Level(
            "one_word",
            "nominator_l = nominator_r AND nominator_form_l <> 'both'",
            "nominators gave the same single name",
        ),
        Level("same_name", "nominator_l = nominator_r", "same nominator"),
        Level(
            "short_form",
            f"{_SAME_NOMINATOR_LAST} AND {_SAME_NOMINATOR_FIRST}",
            "same nominator by a short form of the name",
        ),
        Level("misread", _apart("nominator_letters", 0.2), "nominators' names differ by a letter or two"),
        Level("contact_misread", _apart("contact", 0.15), "nominators' e-mails or numbers are nearly the same"),
        Level(
            "family",
            "nominator_form_l = 'both' AND nominator_form_r = 'both'"
            f" AND {_SAME_NOMINATOR_LAST} AND nominator_initial_l <> nominator_initial_r",
            "nominators of one last name and different first names",
        ),
        Level("part", "list_has_any(nominator_keys_l, nominator_keys_r)", "one name of the nominators is the same"),
        Level(
            "much_misread",
            f"(nominator_unsure_l OR nominator_unsure_r) AND {_apart('nominator_letters', 0.45)}",
            "nominators' names may be the same, badly read",
        ),
        Level("contacts_only", f"{_NO_NAME} OR {_ONE_EACH}", "different e-mails or numbers"),
    ),
    Level("different", ELSE, "different nominators"),
)

NOMINATOR_TYPE = Comparison(
    "nominator_type",
    "nominator_type_l IS NULL OR nominator_type_r IS NULL",
    (Level("same", "nominator_type_l = nominator_type_r", "both by the same kind of nominator"),),
    Level("different", ELSE, "by different kinds of nominators"),
)

_NO_DAY = "(day_l IS NULL OR day_r IS NULL)"
DAY = Comparison(
    "day",
    # Of two cards without a day nothing is known: a whole box may have been scanned at once.
    f"{_NO_DAY} AND (paper_l = paper_r)",
    (
        Level("received_near", f"{_NO_DAY} AND abs(received_l - received_r) <= 10", "came in {received} apart"),
        Level("received_month", f"{_NO_DAY} AND abs(received_l - received_r) <= 35", "came in {received} apart"),
        Level("received_longer", _NO_DAY, "came in {received} apart"),
        Level("same", "day_l = day_r", "written on the same day"),
        Level("days", "abs(day_l - day_r) <= 3", "written {days} apart"),
        Level("week", "abs(day_l - day_r) <= 8", "written {days} apart"),
        Level("month", "abs(day_l - day_r) <= 35", "written {days} apart"),
    ),
    Level("longer", ELSE, "written {days} apart"),
)

COMPARISONS = (NOMINEE, WARD, STORY, NOMINATOR, NOMINATOR_TYPE, DAY)

BLOCKING = (
    ("l.organisation = r.organisation AND l.staff = r.staff", ()),
    ("l.organisation = r.organisation AND l.last_keys = r.last_keys", ("last_keys",)),
    ("l.organisation = r.organisation AND l.nominee = r.nominee", ()),
    ("l.organisation = r.organisation AND l.team_key = r.team_key", ()),
    (
        "l.organisation = r.organisation AND l.nominee_kind = 'team' AND r.nominee_kind = 'team'"
        " AND l.story_words = r.story_words",
        ("story_words",),
    ),
    ("l.organisation = r.organisation AND l.first_keys = r.first_keys AND abs(l.day - r.day) <= 8", ("first_keys",)),
    (
        "l.organisation = r.organisation AND l.first_keys = r.first_keys AND l.story_words = r.story_words",
        ("first_keys", "story_words"),
    ),
    (
        "l.organisation = r.organisation AND l.first_initial = r.first_initial AND l.story_words = r.story_words"
        " AND (len(l.lasts) = 0 OR len(r.lasts) = 0)",
        ("story_words",),
    ),
    (
        "l.organisation = r.organisation AND l.nominator_key = r.nominator_key AND l.story_words = r.story_words",
        ("story_words",),
    ),
    ("l.organisation = r.organisation AND l.nominator_key = r.nominator_key AND abs(l.day - r.day) <= 8", ()),
)
"""Which pairs are compared at all, and the columns of lists of which one entry must agree. All others differ in the
nominee and in more, so that they would be left apart in any case."""
