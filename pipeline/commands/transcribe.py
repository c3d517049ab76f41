"""`compassion transcribe`: bare pictures of handwriting, read with the same engines as cards."""

from pathlib import Path

import click

from forms.errors import ExitCode, NothingReadError
from pipeline.commands.frame import as_json, print_json


@click.command
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--as",
    "kind",
    type=click.Choice(["character", "boxes", "line", "page"]),
    default="line",
    help="What a picture shows.",
)
@click.option(
    "--alphabet", type=click.Choice(["digits", "capitals", "any"]), default="any", help="What may stand in it."
)
@as_json
def command(images: tuple[Path, ...], kind: str, alphabet: str, as_json: bool) -> None:
    """Read pictures of handwriting without a card around them. Needs no home."""
    from pipeline.bare import transcribe
    from pipeline.decode import DecodeError, decode
    from pipeline.engines.handprint import Handprint
    from pipeline.engines.language import load_language
    from pipeline.engines.lines import LineReader

    pictures, faults = {}, []
    for path in images:
        try:
            pictures[path] = decode(path.read_bytes())
        except (OSError, DecodeError) as error:
            faults.append(f"{path}: {error.strerror if isinstance(error, OSError) else error}")
    if not pictures:
        raise NothingReadError("\n".join(["None of the pictures could be read:", *faults]))
    readings = transcribe(list(pictures.values()), kind, alphabet, Handprint(LineReader(language=load_language())))
    if as_json:
        print_json(
            [
                {
                    "image": str(path),
                    "text": reading.text,
                    "confidence": round(min(1.0, reading.probability), 6),
                    "alternatives": [[text, round(min(1.0, p), 6)] for text, p in reading.alternatives[1:]],
                }
                for path, reading in zip(pictures, readings, strict=True)
            ]
        )
    else:
        for path, reading in zip(pictures, readings, strict=True):
            click.echo(f"{path}: {reading.text}  ({reading.probability:.0%})")
    if faults:
        click.echo("\n".join(["Could not be read:", *faults]), err=True)
        click.get_current_context().exit(ExitCode.NEEDS_PERSON)
