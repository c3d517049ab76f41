"""What was written, and whom and where it means: two questions, each answered apart."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.organisation import StaffMember, Ward
from pipeline.lists import Lists, first_name_forms, make_lists, plain_capitals
from pipeline.parse.names import PersonReading, Row, choose_member, read_open, read_person
from pipeline.parse.places import read_place, weigh_by_ward
from pipeline.simulate.names import sample_organisation
from tests.pipeline.strips import sure_reading

PLACE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ'-.&0123456789"
WARDS = (Ward("W01", "Ward 21"), Ward("W02", "Intensive Care"), Ward("W03", "Maternity"), Ward("W04", "Ward 27"))
STAFF = (
    StaffMember("S001", "Susan", "Okafor", "Nurse", "W01"),
    StaffMember("S002", "Priya", "Nightingale", "Doctor", "W02"),
    StaffMember("S003", "Thomas", "O'Brien", "Porter", "W03"),
    StaffMember("S004", "Zoë", "Brannigan", "Nurse", "W03"),
    StaffMember("S005", "John", "Taylor", "Nurse", "W01"),
    StaffMember("S006", "John", "Taylor", "Porter", "W03"),
)
LISTS = make_lists(STAFF, WARDS)
PROFILE = sample_organisation(np.random.default_rng(5), staff=120, wards=12)
SAMPLE = make_lists(PROFILE.staff, PROFILE.wards)
NAMES = [(m.first_name, m.last_name) for m in PROFILE.staff]


def row(text: str, boxes: int, sureness: float = 0.9, alphabet: str = "") -> Row:
    reading, strip = sure_reading(text, boxes, sureness, alphabet) if alphabet else sure_reading(text, boxes, sureness)
    return Row(strip, reading)


def person(first: str, last: str, lists: Lists = LISTS, sureness: float = 0.9) -> PersonReading:
    return read_person(row(first, 14, sureness), row(last, 18, sureness), lists)


class TestPeople:
    @given(st.sampled_from(PROFILE.staff), st.floats(0.55, 0.97))
    def test_everyone_on_the_list_is_known(self, member: StaffMember, sureness: float) -> None:
        first, last = plain_capitals(member.first_name), plain_capitals(member.last_name)
        read = person(first[:14], last[:18], SAMPLE, sureness)
        assert (read.first[0][0], read.last[0][0]) == (first, last)
        namesakes = {
            m.staff_id for m in PROFILE.staff if plain_capitals(f"{m.first_name} {m.last_name}") == f"{first} {last}"
        }
        assert read.staff.value in namesakes
        assert sum(read.by_member) <= 1 + 1e-6

    def test_nickname_stays_as_written_and_means_the_person(self) -> None:
        read = person("SUE", "OKAFOR")
        assert read.first[0][0] == "SUE"
        assert read.staff.value == "S001"
        assert read.staff.confidence > 0.9

    def test_initial_stays_as_written_and_means_the_person(self) -> None:
        read = person("P", "NIGHTINGALE")
        assert (read.first[0][0], read.staff.value) == ("P", "S002")

    @pytest.mark.parametrize("written", ["O'BRIEN", "OBRIEN", "O BRIEN"])
    def test_apostrophe_or_none(self, written: str) -> None:
        read = person("THOMAS", written)
        assert read.staff.value == "S003"
        assert read.last[0][0].replace("'", "").replace(" ", "") == "OBRIEN"

    def test_accents_are_not_written_in_boxes(self) -> None:
        assert person("ZOE", "BRANNIGAN").staff.value == "S004"

    def test_somebody_on_no_list(self) -> None:
        read = person("WILHELMINA", "FEATHERSTONE")
        assert read.staff.value == ""
        assert (read.first[0][0], read.last[0][0]) == ("WILHELMINA", "FEATHERSTONE")

    def test_a_first_name_alone_is_no_proof(self) -> None:
        read = person("JOHN", "KOWALCZYK", sureness=0.98)
        assert read.staff.value == ""
        assert read.last[0][0] == "KOWALCZYK"

    def test_the_list_mends_a_misread_letter(self) -> None:
        first, last = row("PRIYA", 14), row("NIGHTINGALE", 18)
        assert last.reading.characters is not None
        last.reading.characters[1] = 0.01
        last.reading.characters[1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index("L")] = 0.5
        last.reading.characters[1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index("I")] = 0.25
        read = read_person(first, last, LISTS)
        assert (read.last[0][0], read.staff.value) == ("NIGHTINGALE", "S002")

    def test_without_a_list_it_is_read_all_the_same(self) -> None:
        read = person("PRIYA", "NIGHTINGALE", make_lists())
        assert (read.first[0][0], read.last[0][0], read.staff.value) == ("PRIYA", "NIGHTINGALE", "")

    def test_nothing_written_means_nobody(self) -> None:
        read = person("", "")
        assert (read.first[0][0], read.last[0][0], read.staff.value) == ("", "", "")

    @settings(max_examples=30)
    @given(st.permutations(STAFF), st.sampled_from([("SUE", "OKAFOR"), ("PRIYA", "NIGHTINGALE"), ("ANN", "LI")]))
    def test_order_of_the_list_is_irrelevant(self, staff: list[StaffMember], name: tuple[str, str]) -> None:
        one, other = person(*name), person(*name, make_lists(staff, WARDS))
        assert one.staff.value == other.staff.value
        assert one.staff.confidence == pytest.approx(other.staff.confidence, abs=1e-6)
        assert [text for text, _ in one.first[:2]] == [text for text, _ in other.first[:2]]

    def test_namesakes_are_told_apart_by_the_ward(self) -> None:
        read = person("JOHN", "TAYLOR")
        assert read.staff.confidence < 0.6
        for place, expected in (("WARD 21", "S005"), ("MATERNITY", "S006")):
            _, _, by_ward = read_place(row(place, 20, alphabet=PLACE), LISTS, read.by_member)
            chosen = choose_member(weigh_by_ward(read.by_member, by_ward, LISTS), LISTS)
            assert chosen.value == expected

    def test_forms_of_a_name_share_all_there_is(self) -> None:
        for name in ("Susan", "Mary Ann", "Zoë", "Li"):
            assert sum(share for _, share in first_name_forms(name)) == pytest.approx(1.0)


class TestPlaces:
    nobody = np.zeros(len(STAFF))

    @pytest.mark.parametrize(
        ("written", "ward"),
        [("WARD 21", "W01"), ("INTENSIVE CARE", "W02"), ("MATERNITY", "W03"), ("WARD 27", "W04"), ("W03", "W03"),
         ("MATERNITY WARD", "W03")],
    )  # fmt: skip
    def test_a_ward_is_known(self, written: str, ward: str) -> None:
        texts, match, _ = read_place(row(written, 20, alphabet=PLACE), LISTS, self.nobody)
        assert (texts[0][0], match.value) == (written, ward)
        assert match.confidence > 0.7

    def test_a_place_that_is_no_ward(self) -> None:
        texts, match, _ = read_place(row("CAR PARK TEAM", 20, alphabet=PLACE), LISTS, self.nobody)
        assert (texts[0][0], match.value) == ("CAR PARK TEAM", "")

    def test_nothing_written_means_nowhere(self) -> None:
        texts, match, by_ward = read_place(row("", 20, alphabet=PLACE), LISTS, self.nobody)
        assert (texts[0][0], match.value, float(by_ward.sum())) == ("", "", 0.0)

    def test_without_wards_it_is_read_all_the_same(self) -> None:
        texts, match, _ = read_place(row("MATERNITY", 20, alphabet=PLACE), make_lists(STAFF), self.nobody)
        assert (texts[0][0], match.value) == ("MATERNITY", "")


@pytest.mark.parametrize("name", ["NGUYEN", "VLK", "KOWALCZYK", "ADEYEMI", "FEATHERSTONE", "OYELARAN"])
def test_unusual_names_are_read_as_they_stand(name: str) -> None:
    words = read_open(row(name, 14, 0.98)).words
    assert words[0][0] == name
    assert all(0.0 <= probability <= 1.0 for _, probability in words)


def test_one_is_found_among_ten_thousand_staff() -> None:
    rng = random.Random(3)
    letters = "ABCDEFGHIJKLMNOPRSTUVWY"
    firsts = ["".join(rng.choices(letters, k=rng.randint(3, 9))) for _ in range(800)]
    staff = [
        StaffMember(
            f"S{n:05d}", rng.choice(firsts), "".join(rng.choices(letters, k=rng.randint(4, 12))), "", f"W{n % 500}"
        )
        for n in range(10_000)
    ]
    lists = make_lists(staff, [Ward(f"W{n}", f"Ward {n}") for n in range(500)])

    found = person(staff[4321].first_name, staff[4321].last_name, lists)
    _, _, by_ward = read_place(row(f"WARD {4321 % 500}", 20, alphabet=PLACE), lists, found.by_member)
    assert choose_member(weigh_by_ward(found.by_member, by_ward, lists), lists).value == "S04321"
