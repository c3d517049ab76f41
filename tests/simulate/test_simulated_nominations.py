import csv
import dataclasses
import datetime
import json
import re
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.errors import UsageError
from forms.numbers import parse_number
from forms.organisation import read_profile
from pipeline.simulate.nominations.files import write_world
from pipeline.simulate.nominations.plan import Plan, Shares
from pipeline.simulate.nominations.reading_errors import misread_line
from pipeline.simulate.nominations.score import Score, Truth, score, total, truth_of
from pipeline.simulate.nominations.simulation import simulate, simulate_organisation
from pipeline.simulate.nominations.world import FormKind, SimulatedSource, World
from pipeline.sources import parse_card_source

PLAN = Plan(count=6000, organisations=4, seed=7)
SMALL = Plan(count=360, organisations=3, seed=3, staff=80, wards=10)
FIELDS = [
    "nominee_first_name", "nominee_last_name", "nominee_team", "nominator_type", "action", "impact",
    "nominator_name", "nominator_contact", "date", "consent",
]  # fmt: skip


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(PLAN)


@pytest.fixture(scope="module")
def small() -> World:
    return simulate(SMALL)


@pytest.fixture(scope="module")
def folder(small: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("world")
    write_world(small, home)
    return home


@pytest.fixture(scope="module")
def truth(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["organisations"]
    return found


def nominations(sources: list[SimulatedSource]) -> dict[tuple[str, str], list[SimulatedSource]]:
    found = defaultdict(list)
    for source in sources:
        found[source.organisation, source.nomination].append(source)
    return found


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


# --- the world -------------------------------------------------------------------------------------------------


def test_same_plan_same_world(small: World) -> None:
    assert simulate(SMALL) == small
    assert simulate(dataclasses.replace(SMALL, seed=4)) != small


def test_an_organisation_can_be_made_alone(small: World) -> None:
    assert simulate_organisation(2, SMALL) == small.organisations[1]


def test_every_nomination_is_there_once_or_twice(world: World) -> None:
    found = nominations(list(world.sources))
    assert len(found) == PLAN.count == sum(each.nominations for each in world.organisations)
    for sources in found.values():
        twice = bool({"told_twice", "twice_on_form"} & set(sources[0].tags))
        assert len(sources) == 1 + twice
        assert len({source.person for source in sources}) == 1


def test_source_ids_are_unique_and_as_the_register_shows_them(world: World) -> None:
    forms = {"msforms": r"\d+", "odk": r"uuid:[0-9a-f-]{36}", "kobo": r"[0-9a-f-]{36}", "google": r"row-\d+"}
    for organisation in world.organisations:
        ids = [source.id for source in organisation.sources]
        assert len(set(ids)) == len(ids)
        for source in organisation.sources:
            kind, _, key = source.id.partition(":")
            assert (parse_card_source(source.id) is not None) == source.paper
            assert source.paper or re.fullmatch(forms[kind], key)


def test_sources_have_the_values_of_a_card(world: World) -> None:
    for source in world.sources:
        assert list(source.values) == FIELDS
        assert list(source.statuses) == (FIELDS if source.paper else [])
        assert source.received_at.tzinfo is not None
        assert isinstance(source.values["consent"], tuple)
        if date := source.values["date"]:
            datetime.date.fromisoformat(str(date))
        if not source.paper:
            named = source.values["nominee_first_name"] or source.values["nominee_last_name"]
            assert named or source.values["nominee_team"]
            assert source.values["action"]


def test_shares_are_as_planned(world: World) -> None:
    shares, found = PLAN.shares, nominations(list(world.sources))
    tags = Counter(tag for sources in found.values() for tag in set(sources[0].tags))
    cards = [source for source in world.sources if source.paper]
    share = {tag: tags[tag] / len(found) for tag in tags}
    assert share["told_twice"] == pytest.approx(shares.card_and_form, abs=0.015)
    assert share["twice_on_form"] == pytest.approx(shares.twice_on_form, abs=0.01)
    assert share["edited"] == pytest.approx(shares.edited, abs=0.012)
    assert share["double_thanks"] == pytest.approx(shares.double_thanks, abs=0.025)
    assert share["same_words_two_people"] == pytest.approx(shares.same_words, abs=0.012)
    assert share["thanked_again"] == pytest.approx(shares.thanked_again, abs=0.012)
    assert sum("copy" in card.tags for card in cards) / len(cards) == pytest.approx(shares.copy, abs=0.012)
    teams = sum(source.person.startswith("team:") for source in world.sources) / sum(1 for _ in world.sources)
    assert teams == pytest.approx(shares.team, abs=0.05)
    assert share["namesake"] > 0.005


def test_tiny_worlds_can_be_made_and_written(tmp_path: Path) -> None:
    tiny = simulate(Plan(count=3, organisations=5, staff=1, wards=2))
    write_world(tiny, tmp_path)
    assert [each.nominations for each in tiny.organisations] == [1, 1, 1, 0, 0]
    assert len(list(tmp_path.glob("SIM*/readings.json"))) == 5


def test_a_share_can_be_turned_off() -> None:
    shares = Shares(card=1.0, electronic=0, card_and_form=0, twice_on_form=0, edited=0, copy=0, double_thanks=0)
    sources = list(simulate(dataclasses.replace(SMALL, shares=shares)).sources)
    assert all(source.paper for source in sources)
    assert not {"copy", "double_thanks", "told_twice"} & {tag for source in sources for tag in source.tags}


@pytest.mark.parametrize(
    ("change", "message"), [({"card": 0.5}, "add up to 1, not to 1.05"), ({"copy": -0.1}, "'copy' is -0.1")]
)
def test_wrong_shares_are_refused(change: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Shares(**change)


@pytest.mark.parametrize("change", [{"count": 0}, {"organisations": 1000}, {"last_day": PLAN.first_day}])
def test_wrong_plans_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        dataclasses.replace(PLAN, **change)


def test_what_is_told_twice_is_told_within_days_in_much_the_same_words(world: World) -> None:
    shared = []
    for sources in nominations(list(world.sources)).values():
        if len(sources) < 2 or "generic" in sources[0].tags:
            continue
        first, second = (set(words(str(each.values["action"]))) for each in sources)
        shared.append(len(first & second) / len(first | second))
        electronic = [source.received_at for source in sources if not source.paper]
        assert max(electronic) - min(electronic) < datetime.timedelta(days=6)
    assert 0.6 < np.median(shared) < 0.97
    assert np.quantile(shared, 0.05) > 0.2


def test_double_thanks_are_by_different_people(world: World) -> None:
    day_apart = defaultdict(set)
    for source in world.sources:
        if "double_thanks" in source.tags and source.values["nominator_name"] and not source.paper:
            day_apart[source.organisation, source.person].add(source.values["nominator_name"])
    assert sum(len(names) > 1 for names in day_apart.values()) > 20


def test_edited_submissions_say_something_else_than_before(world: World) -> None:
    edited = [sent for each in world.organisations for sent in each.submissions if sent.first_version]
    assert len(edited) > 100
    for sent in edited:
        assert sent.first_version is not None
        assert sent.first_version.id == sent.source.id
        assert sent.first_version.values["action"] != sent.source.values["action"]
        assert sent.source.received_at.date() <= PLAN.first_export
        assert sent.edited_at is not None
        assert PLAN.first_export < sent.edited_at.date() <= PLAN.last_day


def test_copies_share_a_number_but_not_a_nomination(world: World) -> None:
    for organisation in world.organisations:
        seen: dict[str, set[str]] = defaultdict(set)
        for card in organisation.cards:
            assert parse_number(card.number) is not None
            if card.source is not None:
                assert card.copy == len(seen[card.number]) + 1
                seen[card.number].add(card.source.nomination)
                assert ("copy" in card.source.tags) == (card.copy > 1)
        assert any(len(those) > 1 for those in seen.values())
        assert all(not field.value for card in organisation.cards if card.source is None for field in card.fields)


# --- reading errors --------------------------------------------------------------------------------------------


def test_what_is_read_wrong_is_mostly_known_to_be_unsure(world: World) -> None:
    by_person = {(o.code, p.staff_id): p for o in world.organisations for p in o.profile.staff}
    accepted, matched = Counter[bool](), Counter[str]()
    for source in world.sources:
        person = by_person.get((source.organisation, source.person))
        if not source.paper or person is None:
            continue
        matched["right" if source.nominee_staff == source.person else "wrong" if source.nominee_staff else "none"] += 1
        if source.statuses["nominee_last_name"] == "accepted":
            accepted[str(source.values["nominee_last_name"]) == person.last_name.upper()] += 1
    assert matched["right"] / matched.total() > 0.75
    assert 0 < matched["wrong"] / matched.total() < 0.01
    assert accepted[True] / accepted.total() > 0.9  # the others are misspelt by whoever wrote them


@given(st.text("abcdefghij ,.'", max_size=200), st.floats(0, 0.3), st.integers(0, 99))
def test_misreading_counts_its_errors(text: str, rate: float, seed: int) -> None:
    read, wrong = misread_line(text, rate, np.random.default_rng(seed))
    assert (wrong == 0) <= (read == text)
    assert abs(len(read) - len(text)) <= wrong
    assert misread_line(text, 0.0, np.random.default_rng(seed)) == (text, 0)


def test_cards_differ_in_how_well_they_are_read() -> None:
    rng = np.random.default_rng(1)
    text = "she sat with my mother until two in the morning and talked about steam trains. " * 4
    wrong = [misread_line(text, 0.03, rng)[1] / len(text) for _ in range(300)]
    assert np.mean(wrong) == pytest.approx(0.03, abs=0.003)


# --- stories ---------------------------------------------------------------------------------------------------


def test_unrelated_stories_share_few_words(world: World) -> None:
    told = {}
    for source in world.sources:
        if len(words(str(source.values["action"]))) >= 15:
            told[source.organisation, source.nomination] = set(words(str(source.values["action"])))
    stories = list(told.values())
    rng = np.random.default_rng(5)
    pairs = [(stories[a], stories[b]) for a, b in rng.integers(len(stories), size=(40_000, 2)) if a != b]
    alike = sum(len(a & b) / len(a | b) > 0.5 for a, b in pairs) / len(pairs)
    assert alike < 0.005


def test_stories_are_distinct_and_of_sensible_length(world: World) -> None:
    stories = [
        str(source.values["action"]) for source in world.sources if not source.paper and "generic" not in source.tags
    ]
    lengths = [len(story.split()) for story in stories]
    assert len({story.lower() for story in stories}) > 0.99 * len(stories)
    assert np.quantile(lengths, 0.01) >= 6
    assert max(lengths) <= 100
    assert not any(mark in story for story in stories for mark in "{}|")


# --- the files -------------------------------------------------------------------------------------------------


def table_of(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".xlsx":
        header, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)  # type: ignore[union-attr]
        return [dict(zip(header, row, strict=True)) for row in rows]
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    delimiter = ";" if text.startswith('"start"') else ","
    return list(csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter))


def key_of(row: dict[str, Any]) -> str:
    if "rootUuid" in row:
        return f"kobo:{row['rootUuid']}"
    if "KEY" in row:
        return f"odk:{row['KEY']}"
    return f"msforms:{row['ID']}" if "ID" in row else ""


def test_every_export_has_its_rows_where_the_truth_says(small: World, folder: Path, truth: dict[str, Any]) -> None:
    by_file: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    for organisation in truth.values():
        for source in organisation["sources"]:
            for place in source["in"]:
                if "row" in place:
                    by_file[place["file"]][place["row"]] = source
    files = {path.relative_to(folder).as_posix() for name in ("first", "later") for path in folder.glob(f"*/{name}/*")}
    assert files == by_file.keys()
    stories = {(s.organisation, s.nomination): [] for s in small.sources}  # type: dict[tuple[str, str], list[str]]
    for each in small.organisations:
        for sent in each.submissions:
            for version in (sent.source, sent.first_version):
                if version is not None:
                    stories[version.organisation, version.nomination].append(str(version.values["action"]))
    for file, rows in by_file.items():
        table = table_of(folder / file)
        assert sorted(rows) == list(range(2, len(table) + 2))
        for number, source in rows.items():
            row = table[number - 2]
            assert key_of(row) == source["id"]
            cells = {str(cell) for cell in row.values()}
            assert cells & set(stories[file.split("/")[0], source["nomination"]])


def test_later_export_holds_everything_and_the_edits(small: World, folder: Path) -> None:
    for organisation in small.organisations:
        first = {key_of(r): r for p in (folder / organisation.code / "first").iterdir() for r in table_of(p)}
        later = {key_of(r): r for p in (folder / organisation.code / "later").iterdir() for r in table_of(p)}
        assert first.keys() <= later.keys()
        for sent in organisation.submissions:
            if sent.form is FormKind.GOOGLE:
                continue
            assert str(sent.source.values["action"]) in {str(cell) for cell in later[sent.source.id].values()}
            if sent.first_version is not None:
                assert str(sent.first_version.values["action"]) in map(str, first[sent.source.id].values())
                if sent.form is FormKind.KOBO:
                    assert first[sent.source.id]["_uuid"] != later[sent.source.id]["_uuid"]


def test_every_kind_of_form_is_there(small: World) -> None:
    assert {form.kind for each in small.organisations for form in each.forms} == set(FormKind)
    for each in small.organisations:
        kinds = Counter(form.kind.split(".")[0] for form in each.forms)
        assert set(kinds.values()) == {1}


def test_microsoft_csv_is_as_windows_writes_it(folder: Path) -> None:
    (path,) = (folder / "SIM002" / "later").glob("*(1-*).csv")
    data = path.read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    assert "–" in data.decode("cp1252")
    rows = table_of(path)
    days = [[int(part) for part in row["Completion time"].split()[0].split("/")] for row in rows]
    assert all(month <= 12 for month, _, _ in days)
    assert any(day > 12 for _, day, _ in days)


def test_readings_are_in_the_form_of_the_contract(small: World, folder: Path, truth: dict[str, Any]) -> None:
    for organisation in small.organisations:
        rows = json.loads((folder / organisation.code / "readings.json").read_text(encoding="utf-8"))
        assert len(rows) == len(organisation.cards)
        filled = set()
        for row in rows:
            assert list(row) == [
                "card", "copy", "organisation", "ward", "batch", "file", "page", "corners_px", "alignment", "fields",
                "nominee_staff", "nominee_ward",
            ]  # fmt: skip
            assert list(row["fields"]) == FIELDS
            for field in row["fields"].values():
                assert list(field) == ["value", "raw", "confidence", "status", "engine", "alternatives"]
                assert 0 <= field["confidence"] <= 1
                assert field["status"] in ("accepted", "review", "blank")
            if any(field["status"] != "blank" for field in row["fields"].values()):
                filled.add(f"card:{row['card']}" + (f"/{row['copy']}" if row["copy"] > 1 else ""))
        assert filled == {s["id"] for s in truth[organisation.code]["sources"] if s["id"].startswith("card:")}


def test_truth_of_the_files_is_that_of_the_world(small: World, truth: dict[str, Any]) -> None:
    for organisation in small.organisations:
        told = [(s["nomination"], s["person"], s["case"]) for s in truth[organisation.code]["sources"]]
        assert told == [(s.nomination, s.person, s.case) for s in organisation.sources]
        assert truth[organisation.code]["nominations"] == organisation.nominations


def test_profiles_can_be_loaded(small: World, folder: Path) -> None:
    for organisation in small.organisations:
        assert read_profile(folder / organisation.code / "organisation").staff == organisation.profile.staff


def test_twins_work_on_different_wards() -> None:
    staff = simulate_organisation(1, Plan(count=1, organisations=1, seed=2)).profile.staff
    wards = defaultdict(list)
    for member in staff:
        wards[member.first_name, member.last_name].append(member.ward)
    twins = [places for places in wards.values() if len(places) > 1]
    assert 0.01 < sum(map(len, twins)) / len(staff) < 0.06
    assert all(len(set(places)) > 1 for places in twins)


# --- the score -------------------------------------------------------------------------------------------------

GROUPINGS = st.lists(st.integers(0, 6), min_size=1, max_size=14)
"""For each source, the number of its nomination or group."""


def make_truth(numbers: list[int]) -> dict[str, Truth]:
    return {f"s{place}": Truth(f"n{number}", "single") for place, number in enumerate(numbers)}


def make_groups(numbers: list[int]) -> list[set[str]]:
    groups: dict[int, set[str]] = defaultdict(set)
    for place, number in enumerate(numbers):
        groups[number].add(f"s{place}")
    return list(groups.values())


@given(GROUPINGS)
def test_perfect_groups_score_perfectly(numbers: list[int]) -> None:
    found = score(make_truth(numbers), make_groups(numbers))
    assert (found.joined_wrongly, found.missed, found.lost) == (0, 0, 0)
    assert found.joined_pairs == found.true_pairs


@given(GROUPINGS)
def test_all_apart_misses_all_and_joins_none(numbers: list[int]) -> None:
    truth = make_truth(numbers)
    for groups in ([{name} for name in truth], []):
        found = score(truth, groups)
        assert found.missed == found.true_pairs
        assert (found.joined_pairs, found.joined_wrongly) == (0, 0)
        assert found.lost == len(truth) - len(groups)


@given(GROUPINGS)
def test_all_together_misses_none(numbers: list[int]) -> None:
    found = score(make_truth(numbers), [set(make_truth(numbers))])
    assert found.missed == 0
    assert found.joined_wrongly == found.joined_pairs - found.true_pairs


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=14), st.data())
def test_score_counts_what_counting_pair_by_pair_counts(both: list[tuple[int, int]], data: st.DataObject) -> None:
    truth, group = make_truth([a for a, _ in both]), [b for _, b in both]
    names = list(truth)
    pairs = list(combinations(names, 2))
    questions = data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=4)) if pairs else []
    found = score(truth, make_groups(group), questions)
    of = dict(zip(names, group, strict=True))
    between = [{of[a], of[b]} for a, b in questions]
    same = [truth[a].nomination == truth[b].nomination for a, b in pairs]
    joined = [of[a] == of[b] for a, b in pairs]
    assert found.true_pairs == sum(same)
    assert found.joined_pairs == sum(joined)
    assert found.joined_wrongly == sum(j and not s for s, j in zip(same, joined, strict=True))
    assert found.missed == sum(s and not j for s, j in zip(same, joined, strict=True))
    asked = [s and not j and {of[a], of[b]} in between for (a, b), s, j in zip(pairs, same, joined, strict=True)]
    assert found.missed_but_asked == sum(asked)
    assert found.questions == len(questions)
    assert found.by_case.get("single") is None or found.by_case["single"].missed == found.missed


def test_score_by_case() -> None:
    truth = {
        "a": Truth("1", "told_twice"), "b": Truth("1", "told_twice"),
        "c": Truth("2", "double_thanks"), "d": Truth("3", "double_thanks+copy"), "e": Truth("4", "single"),
    }  # fmt: skip
    found = score(truth, [{"a"}, {"b", "e"}, {"c", "d"}], [("a", "e")])
    assert found.by_case["told_twice"] == dataclasses.replace(
        found.by_case["told_twice"], true_pairs=1, missed=1, missed_but_asked=1, joined_wrongly=1
    )
    assert found.by_case["copy"].joined_wrongly == found.by_case["double_thanks"].joined_wrongly == 1
    assert (found.missed_per_hundred, found.wrong_per_thousand) == (100.0, 1000.0)
    assert (found.share_of_missed_asked, found.questions_per_thousand) == (1.0, 200.0)
    assert found.questions_about_true == 0


@pytest.mark.parametrize(
    ("groups", "questions", "message"),
    [
        ([{"s0", "x"}], [], "'x', which is not there"),
        ([{"s0"}, {"s0", "s1"}], [], "'s0' stands in two groups"),
        ([], [("s0", "y")], "'y', which is not there"),
    ],
)
def test_score_refuses_what_makes_no_sense(
    groups: list[set[str]], questions: list[tuple[str, str]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        score(make_truth([0, 0]), groups, questions)


def test_scores_of_organisations_add_up(small: World) -> None:
    scores = []
    for organisation in small.organisations:
        truth = truth_of(organisation.sources)
        scores.append(score(truth, [{name} for name in truth]))
    together = total(scores)
    assert together.sources == sum(1 for _ in small.sources)
    assert together.missed == together.true_pairs == sum(each.true_pairs for each in scores)
    assert together.by_case["told_twice"].missed == sum(each.by_case["told_twice"].missed for each in scores)
    assert total([]) == Score()
