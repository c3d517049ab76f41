"""`compassion doctor`: what is installed, and what to do about what is not."""

from typing import TYPE_CHECKING

import click

from forms.errors import ExitCode
from pipeline.commands.frame import Place, as_json, pass_place, print_json

if TYPE_CHECKING:
    from pipeline.health import Finding


@click.command
@as_json
@pass_place
def command(place: Place, as_json: bool) -> None:
    """Say which system tools, models and versions are there, and how to get what is missing."""
    from pipeline.health import examine

    findings = [*examine(place.home), _web_pages()]
    if as_json:
        print_json([finding.as_json() for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{'ok     ' if finding.ok else 'MISSING'}  {finding.what}: {finding.found}")
            if finding.remedy:
                click.echo(f"         {finding.remedy}")
    if not all(finding.ok for finding in findings):
        click.get_current_context().exit(ExitCode.MISSING_DEPENDENCY)


def _web_pages() -> "Finding":
    from pipeline.health import Finding
    from pipeline.web.frontend.build import REMEDY, is_there

    there = is_there()
    return Finding("Web pages (NHS frontend)", there, "built" if there else "not built", "" if there else REMEDY)
