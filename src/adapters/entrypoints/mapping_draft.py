"""`returncast init`: look at files nobody has described, draft their mapping, and say whether they suffice."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from adapters.arrow.replaced_file import replacing
from adapters.bootstrap.runs import composition
from adapters.entrypoints.console import out, print_json
from adapters.entrypoints.options import AsJson
from domain.errors import ConfigurationError
from domain.source.file_places import scheme_of
from domain.source.readiness import Figures, Verdict

Files = Annotated[list[Path], typer.Argument(help="A file of orders and, where there is one, a file of returns.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Where the mapping goes; default: beside the first file, as its name.toml.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace a mapping that is there already.")]


def init(files: Files, out_file: Out = None, force: Force = False, json: AsJson = False) -> None:
    """Draft a mapping (TOML) of your files and judge whether they are ready to learn from.

    Finds shape, columns, date format, decimal mark, signs, composite keys, service lines and tax from names and
    values. Read the draft before you run it: what it could not know it says in comments.

    Examples:
      returncast init orders.csv

      returncast init orders.csv.gz returns.parquet --out shop.toml
    """
    for file in files:
        _require_here(str(file))
    target = out_file or files[0].parent / f"{files[0].name.partition('.')[0]}.toml"
    if target.exists() and not force:
        raise ConfigurationError(f"There is a mapping '{target}' already.", "Name another with --out, or add --force.")
    draft = composition().draft_mapping([str(path) for path in files], str(target.parent))
    with replacing(target) as temporary:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(draft.mapping_text, encoding="utf-8")
    if json:
        print_json({"mapping": str(target), "verdict": asdict(draft.verdict), "doubts": draft.doubts})
        return
    _print_verdict(draft.verdict)
    for doubt in draft.doubts:
        out.print(f"check     {doubt}", markup=False, soft_wrap=True)
    out.print(f"mapping   {target}", soft_wrap=True)
    out.print(f"next      read it, then: returncast run --source {target}", soft_wrap=True)


def _require_here(path: str) -> None:
    scheme = scheme_of(path)
    if scheme is not None:
        raise ConfigurationError(
            f"A draft is made of files of this machine, and '{path}' is on {scheme}.",
            "Copy one of the files here, draft its mapping, and write the remote path into it as orders.",
        )


def _print_verdict(verdict: Verdict) -> None:
    out.print(f"[bold]{verdict.grade}[/]")
    for reason in verdict.reasons:
        out.print(f"          {reason}", markup=False, soft_wrap=True)
    for label, value in _figures(verdict.figures):
        out.print(f"{label:<9} {value}", markup=False, soft_wrap=True)


def _figures(found: Figures) -> list[tuple[str, str]]:
    looked_at = "" if found.is_whole else " (of a sample)"
    shown = [
        ("lines", f"{found.lines:,}{looked_at}, {found.positives:,} of them came back, over {found.days} days"),
        ("usable", f"{found.usable_lines:,} lines of {found.usable_days} days have a final label"),
    ]
    if found.orphan_share is not None:
        shown.append(("orphans", f"{found.orphan_share:.1%} of the returns match no line"))
    if found.median_lag_days is not None:
        shown.append(("lag", f"half of the returns came within {found.median_lag_days:g} days"))
    if found.absent:
        shown.append(("missing", ", ".join(found.absent)))
    return shown
