"""What people type: `compassion COMMAND`. Each command is a file of its own here, with its click command
`command`."""

from pathlib import Path

import click

from pipeline.commands.frame import CommandGroup, Place

COMMANDS = {
    "load": "Load or update an organisation's profile.",
    "print": "Print blank cards for an organisation or ward.",
    "read": "Read scans of filled cards.",
    "work": "Read what was uploaded, in the background.",
    "import": "Take in submissions of web forms, and readings from another site.",
    "pages": "Show what became of every page.",
    "merge": "Join what is one nomination, and say why.",
    "export": "Write the register, the readings, or what waits for a person.",
    "decide": "Say what a field says, or whether two nominations are one.",
    "serve": "Serve the web application.",
    "recalibrate": "Fit probabilities anew to what people decided.",
    "transcribe": "Read bare pictures of handwriting.",
    "doctor": "Say what is installed and what is missing.",
    "bench": "Measure how fast and how well cards are read.",
    "demo": "Show the whole line on a sample organisation.",
}


@click.group(
    name="compassion",
    cls=CommandGroup,
    summaries=COMMANDS,
    package=__name__,
    context_settings={"show_default": True, "help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    envvar="COMPASSION_HOME",
    show_envvar=True,
    help="Folder with the database, page images and settings.",
)
@click.option(
    "--database",
    metavar="URL",
    envvar="COMPASSION_DATABASE",
    show_envvar=True,
    show_default="an SQLite file in the home",
    help="Database shared by several people or machines, postgresql://USER:PASSWORD@HOST/NAME.",
)
@click.version_option(package_name="compassion-cards", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context, home: Path, database: str | None) -> None:
    """Nomination cards: print them, scan what comes back, read it, and keep one register for an
    organisation."""
    context.obj = Place(home, database or None)
