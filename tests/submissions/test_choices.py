import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.submissions.answers import answers_in, meaning_of
from pipeline.submissions.choices import CONSENTS, TYPES, consent, nominator_type

N, P, A = CONSENTS


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("A patient", "patient"),
        ("Patient", "patient"),
        ("Family member or carer", "carer"),
        ("Member of staff", "staff"),
        ("member_of_staff", "staff"),
        ("I am a volunteer", "volunteer"),
        ("Someone else", "other"),
        ("A neighbour", ""),
        ("Carer or relative", "carer"),
        ("patient / carer", ""),
        ("Nurse", ""),
        ("Relative of patient", "carer"),
        ("Staf member", "staff"),
        ("Patint", "patient"),
        ("I'm a patient", "patient"),
        ("I’m a patient", "patient"),
        ("A member of staff", "staff"),
        ("Patient or service user", "patient"),
        ("carer", "carer"),
        ("The patient's daughter", ""),
        ("Visitor", "other"),
        ("other", "other"),
        ("Friend", ""),
        ("", ""),
    ],
)
def test_who_nominates(answer: str, value: str) -> None:
    assert nominator_type(answer) == value


@pytest.mark.parametrize(
    ("cell", "question", "values"),
    [
        ("Yes, share my words with the person", "", (N,)),
        ("You may share publicly", "", (P,)),
        ("I'd like to stay anonymous", "", (A,)),
        ("Yes, with the person I nominate", "", (N,)),
        ("Yes, publicly, to spread the learning", "", (P,)),
        ("Please keep my name private", "", (A,)),
        (
            "Yes, with the person I nominate;Yes, publicly, to spread the learning;Please keep my name private;",
            "",
            (N, P, A),
        ),
        (
            "Yes, with the person I nominate, Yes, publicly, to spread the learning, Please keep my name private",
            "",
            (N, P, A),
        ),
        ("share_with_nominee share_publicly", "", (N, P)),
        ("share_publicly", "", (P,)),
        ("Share with nominee", "", (N,)),
        ("Share with the nominee", "", (N,)),
        ("Stay anonymous", "", (A,)),
        ("Yes", "May we share your words with the nominee?", (N,)),
        ("No", "May we share your words with the nominee?", ()),
        ("Yes", "Do you want to stay anonymous?", (A,)),
        ("No", "Do you want to stay anonymous?", ()),
        ("1", "consent/share_publicly", (P,)),
        ("0", "consent/share_publicly", ()),
        ("Yes", "May we share your nomination publicly?", (P,)),
        ("No", "May we share your name with the person you nominate?", (A,)),
        ("Yes", "May we use your name?", ()),
        ("No, don't share, publicly or otherwise", "", ()),
        ("Share with the person but not publicly", "", (N,)),
        ("Do not share publicly", "", ()),
        ("Don't share my name", "", (A,)),
        ("Yes, you can share my words with the nominee but please keep me anonymous", "", (N, A)),
        ("Share publicly without my name", "", (P, A)),
        ("I do not want to be anonymous", "", ()),
        ("Happy to be named", "", ()),
        ("Yes", "Can we share this with the person you are nominating?", (N,)),
        ("Yes", "Can we share your story on social media?", (P,)),
        ("I would like to remain anonymous", "", (A,)),
        ("Anonymous", "", (A,)),
        ("Yes please", "Would you like to remain anonymous?", (A,)),
        ("You may share my words with the person I nominate", "", (N,)),
        ("You may share my words publicly", "", (P,)),
        ("I wish to remain anonymous", "", (A,)),
        ("Share my words with my nominee", "", (N,)),
        ("Share my story publicly", "", (P,)),
        ("Keep me anonymous", "", (A,)),
        ("Please do not use my name", "", (A,)),
        ("Tell the person what I wrote", "", (N,)),
        ("Yes - share with nominee", "", (N,)),
        ("Yes – publicly", "", (P,)),
        ("No – keep private", "", (A,)),
        ("Share my words with the person nominated", "", (N,)),
        ("Share with the person I have nominated", "", (N,)),
        ("True", "Share publicly", (P,)),
        ("Yes", "Are you happy for us to share your words with the person you nominated?", (N,)),
        ("Yes", "May we share your words with them?", (N,)),
        ("Yes", "May we share your nomination with the person and publicly?", (N, P)),
        ("I'm happy for my words to be shared with the nominee", "", (N,)),
        ("My words may be shared publicly", "", (P,)),
        ("Do not share my words with anyone", "", ()),
        ("Please don't publish, share with the nominee only", "", (N,)),
        ("Share with anyone", "", (P,)),
        ("My name should be kept private", "", (A,)),
        ("Keep my name private", "", (A,)),
        ("I want to be anonymous", "", (A,)),
        ("share with nominee, share publicly, stay anonymous", "", (N, P, A)),
        ("Yes, but not publicly", "May we share your words with the nominee?", ()),
    ],
)
def test_consent(cell: str, question: str, values: tuple[str, ...]) -> None:
    found = [consent(answer, question) for answer in answers_in(cell, {})]
    assert tuple(value for value in CONSENTS if any(value in each.values for each in found)) == values
    assert all(each.understood for each in found)


@pytest.mark.parametrize(
    ("cell", "question"),
    [
        ("Yes", "May we share your words?"),
        ("I consent", "Consent"),
        ("maybe", ""),
        ("Ask me first", "May we share your words with the nominee?"),
        ("Only if she agrees", ""),
        ("Share with the nominee, do not share with the nominee", ""),
        ("Yes, with the person I nominate, but only after my discharge", ""),
    ],
)
def test_consent_that_is_not_understood_grants_nothing(cell: str, question: str) -> None:
    found = consent(cell, question)
    assert (found.values, found.understood) == ((), False)


@given(
    st.lists(st.sampled_from(["no", "not", "never", "please", "share", "publicly", "with the nominee", "don't", ","]))
)
def test_who_says_no_first_grants_nothing(words: list[str]) -> None:
    assert not {N, P} & set(consent(" ".join(["Do not", *words])).values) or "share" in words


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    for answer in answers_in(text, {}):
        assert set(consent(answer).values) <= set(CONSENTS)
        assert nominator_type(answer) in ("", *TYPES)


def test_answers_of_one_cell() -> None:
    assert answers_in("", {}) == []
    assert answers_in("a;b;;", {}) == ["a", "b"]
    assert answers_in("share_publicly STAY_ANONYMOUS", {}) == ["share_publicly", "stay_anonymous"]
    assert answers_in("Yes, publicly, No, ta", {}) == ["Yes, publicly, No, ta"]
    known = {"Yes, publicly": P, "Yes": N, "No, ta": ""}
    assert answers_in("Yes, publicly, No, ta", known) == ["Yes, publicly", "No, ta"]
    assert answers_in("what, Yes, publicly, ever, so", known) == ["what", "Yes, publicly", "ever, so"]


def test_what_a_mapping_says_comes_first() -> None:
    assert meaning_of("consent", "Q", "No, never", {"No, never": f"{N}; {A}"}).values == (N, A)
    assert meaning_of("nominator_type", "Q", "Patient", {"Patient": ""}).values == ()
    assert not meaning_of("nominator_type", "Q", "Neighbour", {}).understood
