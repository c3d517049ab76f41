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
_SAME_LAST = "list_has_any(lasts_l, lasts_r)"
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
_TEAMS_ALIKE = f"({_apart('team_name', 0.25)} OR list_has_all(team_words_l, team_words_r) OR list_has_all(team_words_r, team_words_l))"

NOMINEE = Comparison(
    "nominee",
    "nominee_kind_l = '' OR nominee_kind_r = '' OR (nominee_kind_l = 'team' AND nominee_kind_r = 'team')",
    (
        Level("same_staff", "staff_l = staff_r", "same nominee on the staff list"),
        Level(
            "two_staff_one_name",
            f"{_TWO_STAFF} AND {_NAMES_ALIKE}",
            "two members of staff whose names are alike",
        ),
        Level("two_staff", _TWO_STAFF, "two different members of staff"),
        Level("same_name", "nominee_l = nominee_r", "same nominee by name"),
        Level(
            "short_form",
            f"{_SAME_LAST} AND {_SAME_FIRST}",
            "same nominee by a short form of the name, or a part of it",
        ),
        Level("initial", f"{_SAME_LAST} AND {_INITIALS}", "same last name and initial of the nominee"),
        Level("misread", _NAMES_ALIKE, "nominees' names differ by a letter or two"),
        Level(
            "one_name_only",
            "(len(firsts_l) = 0 OR len(firsts_r) = 0 OR len(lasts_l) = 0 OR len(lasts_r) = 0)"
            f" AND ({_SAME_LAST} OR {_SAME_FIRST} OR list_has_any(firsts_l, lasts_r) OR list_has_any(lasts_l, firsts_r))",
            "one name of the nominee is the same, the other isn't given",
        ),
        Level(
            "much_misread",
            f"(nominee_unsure_l OR nominee_unsure_r) AND {_apart('nominee_letters', 0.4)}",
            "nominees' names may be the same, badly read",
        ),
        Level("person_and_team", "nominee_kind_l <> nominee_kind_r", "one thanks a person, the other a team"),
    ),
    Level("different", ELSE, "different nominees"),
)

_TWO_TEAMS = "nominee_kind_l = 'team' AND nominee_kind_r = 'team'"
TEAM = Comparison(
    "team",
    "team_l IS NULL OR team_r IS NULL",
    (
        Level("same_team_thanked", "team_l = team_r AND team_key_l = team_key_r", "same team is thanked"),
        Level("same_ward", "team_l = team_r", "same ward or team"),
        Level("alike", f"NOT (team_listed_l AND team_listed_r) AND {_TEAMS_ALIKE}", "names of the team are alike"),
        Level("two_teams_thanked", f"{_TWO_TEAMS} AND team_listed_l AND team_listed_r", "two different wards are thanked"),
        Level("different_teams_thanked", _TWO_TEAMS, "different teams are thanked"),
    ),
    Level("different", ELSE, "different wards or teams"),
)

_STORIES = "the stories share {share} of their words"
STORY = Comparison(
    "story",
    "story_size_l = 0 OR story_size_r = 0",
    (
        Level("few_words_alike", f"{_SMALLER} < 12 AND {_BOTH} >= 0.6", "the stories are alike, but say little"),
        Level("few_words", f"{_SMALLER} < 12", "one of the stories is too short to compare"),
        Level("short_alike", f"{_SMALLER} < 40 AND {_BOTH} >= 0.6", f"{_STORIES}, which are few"),
        Level("short_part", f"{_SMALLER} < 40 AND {_SHARE} >= 0.6", f"{_STORIES}, which are few"),
        Level("nearly_all", f"{_BOTH} >= 0.75", _STORIES),
        Level("most", f"{_BOTH} >= 0.6", _STORIES),
        Level("part", f"{_SHARE} >= 0.7", _STORIES),
        Level("half", f"{_BOTH} >= 0.45", _STORIES),
        Level("some", f"{_SHARE} >= 0.45", _STORIES),
        Level("little", f"{_SHARE} >= 0.3", _STORIES),
    ),
    Level("different", ELSE, _STORIES),
)

NOMINATOR = Comparison(
    "nominator",
    "(nominator_l IS NULL OR nominator_r IS NULL) AND (contact_l IS NULL OR contact_r IS NULL)",
    (
        Level("same_contact", "contact_l = contact_r", "same e-mail or telephone number of the nominator"),
        Level("same_name", "nominator_l = nominator_r", "same nominator"),
        Level(
            "short_form",
            "list_has_any(nominator_lasts_l, nominator_lasts_r) AND list_has_any(nominator_firsts_l, nominator_firsts_r)",
            "same nominator by a short form of the name",
        ),
        Level("misread", _apart("nominator_letters", 0.2), "nominators' names differ by a letter or two"),
        Level(
            "contact_misread", _apart("contact", 0.15), "nominators' e-mails or numbers differ by a character or two"
        ),
        Level(
            "part",
            "list_has_any(nominator_lasts_l, nominator_lasts_r) OR list_has_any(nominator_firsts_l, nominator_firsts_r)"
            " OR list_has_any(nominator_firsts_l, nominator_lasts_r) OR list_has_any(nominator_lasts_l, nominator_firsts_r)",
            "one name of the nominators is the same",
        ),
        Level(
            "much_misread",
            f"(nominator_unsure_l OR nominator_unsure_r) AND {_apart('nominator_letters', 0.45)}",
            "nominators' names may be the same, badly read",
        ),
        Level("contacts_only", "nominator_l IS NULL OR nominator_r IS NULL", "different e-mails or numbers"),
    ),
    Level("different", ELSE, "different nominators"),
)

NOMINATOR_TYPE = Comparison(
    "nominator_type",
    "nominator_type_l IS NULL OR nominator_type_r IS NULL",
    (Level("same", "nominator_type_l = nominator_type_r", "both by the same kind of nominator"),),
    Level("different", ELSE, "by different kinds of nominators"),
)

DAY = Comparison(
    "day",
    "day_l IS NULL OR day_r IS NULL",
    (
        Level("same", "day_l = day_r", "written on the same day"),
        Level("days", "abs(day_l - day_r) <= 3", "written {days} apart"),
        Level("week", "abs(day_l - day_r) <= 8", "written {days} apart"),
        Level("month", "abs(day_l - day_r) <= 35", "written {days} apart"),
    ),
    Level("longer", ELSE, "written {days} apart"),
)

COMPARISONS = (NOMINEE, TEAM, STORY, NOMINATOR, NOMINATOR_TYPE, DAY)

Blocking = tuple[tuple[str, tuple[str, ...]], ...]

BLOCKING: Blocking = (
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
        "l.organisation = r.organisation AND l.nominator_key = r.nominator_key AND l.story_words = r.story_words",
        ("story_words",),
    ),
    ("l.organisation = r.organisation AND l.nominator_key = r.nominator_key AND abs(l.day - r.day) <= 8", ()),
)
"""Which pairs are compared at all, and the columns of lists of which one entry must agree. All others differ in the
nominee and in more, so that they would be left apart in any case."""
