import pytest

from pipeline.submissions.same_mapping import reads_alike

MAPPING = """# of a.csv
key = ["ID"]
dates = ""
[fields]
action = "What?"
[choices."I am a"]
"A nurse" = "staff"
"""


@pytest.mark.parametrize(
    ("change", "alike"),
    [
        (("", ""), True),
        (("a.csv", "b.csv"), True),
        (('"A nurse"', '"A porter"'), True),
        (("staff", "other"), False),
        (("What?", "Why?"), False),
        (('dates = ""', 'dates = "dmy"'), False),
        (('["ID"]', "[]"), False),
        (('["ID"]', "["), False),
    ],
)
def test_what_makes_another_mapping(change: tuple[str, str], alike: bool) -> None:
    other = MAPPING.replace(*change) if change[0] else MAPPING
    assert reads_alike(MAPPING, other) is reads_alike(other, MAPPING) is alike
