import json

import pytest
from click.testing import CliRunner

from forms.errors import ExitCode
from pipeline.commands import main


def bench(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["bench", "merge", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.slow
def test_the_merge_is_measured_beside_the_plain_way() -> None:
    code, out, _ = bench("--nominations", "300", "--organisations", "2", "--json")
    assert code == 0
    ours, plain = json.loads(out)
    assert (ours["way"], plain["way"]) == ("merge", "plain way")
    for run in (ours, plain):
        assert run["nominations"] == 300
        assert run["sources"] >= 300
        assert run["score"]["lost"] == 0
        assert run["seconds"] > 0
        assert run["megabytes"] > 10
    assert ours["score"]["missed"] <= plain["score"]["missed"]
    assert plain["score"]["questions"] == 0


def test_a_count_that_is_none() -> None:
    code, _, err = bench("--nominations", "1000,many")
    assert code == ExitCode.USAGE
    assert "'many' is no number" in err
