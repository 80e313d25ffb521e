"""`ganzoo datasets`: which data sets there are, and which are already here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ganzoo.commands.table import table


@click.command(epilog="\b\nExample:\n  ganzoo datasets --data-root ~/data\n")
@click.option("--data-root", envvar="GANZOO_DATA", type=click.Path(path_type=Path), help="Where downloads live.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print names only.")
def datasets(data_root: Path | None, as_json: bool, quiet: bool) -> None:
    """List the data sets, and whether they are already here.

    --data also takes a folder or zip of images, a folder of wav files, an .npz, .npy, .csv, .txt or an idx file;
    hf:NAME[:SPLIT] is a data set of images on the Hugging Face Hub, with: pip install 'ganzoo[hf]'.
    """
    from ganzoo import catalogue

    names = catalogue.names(catalogue.DATASETS)
    if quiet:
        click.echo("\n".join(names))
        return
    rows = [_row(name, data_root) for name in names]
    if as_json:
        import json

        click.echo(json.dumps(rows, indent=2))
        return
    lines = [("name", "samples", "shape", "classes", "here", "where")]
    for row in rows:
        if "error" in row:
            lines.append((row["name"], "?", "?", "?", "no", row["error"]))
            continue
        shape = "x".join(map(str, row["shape"]))
        here = "yes" if row["here"] else "no"
        lines.append((row["name"], f"{row['samples']:,}", shape, str(row["classes"] or "-"), here, row["where"]))
    click.echo("\n".join(table(lines)))


def _row(name: str, data_root: Path | None) -> dict[str, Any]:
    from ganzoo import catalogue
    from ganzoo.data.request import data_root as resolve
    from ganzoo.errors import GanzooError

    try:
        found = catalogue.call(catalogue.DATASETS, name, "ganzoo_dataset_summary", root=resolve(data_root))
    except GanzooError as error:  # one broken plugin does not hide the others
        return {"name": name, "error": str(error)}
    return {
        "name": name,
        "samples": found.count,
        "shape": found.shape,
        "classes": found.classes,
        "here": found.present,
        "where": found.where,
    }
