"""Write docs/features.md: every feature of the catalogue with what it was for two lines of a shop made up for it.

    PYTHONPATH=src python scripts/feature_page.py

The values are those of the reference, so the page cannot say other than what the rules do. A test holds it current.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from domain.features.catalogue import CATALOGUE, features_for_source
from domain.features.feature import Family, Feature
from domain.features.reference import Reference
from scripts.feature_shop import EXPLAINED, SALES, line_returns, lines

PAGE = Path(__file__).resolve().parent.parent / "docs" / "features.md"

INTRODUCTION = """# The features

*Made by `scripts/feature_page.py` from the catalogue; edit the rules, not this page.*

A feature of a line ordered on day *d* sees what was known before day *d*, and its own basket, whole. A feature whose
column a source lacks is left out, and the run says so; one that goes on with less (a style is the item where there are
no groups) stays. A recipe may leave whole families out, for example
`RETURNCAST_RECIPE__WITHOUT_FAMILIES=affinity,size`. Each attribute that a mapping declares adds one feature of the
family `attributes`: a number as it is, a category as its return rate so far.

Rates count exposure: a past line weighs by the share of returns that would be known by its age, so that a line bought
yesterday does not count as kept; within a window it weighs by what of that share fell into it. They are drawn to the
rate of the wider group, which weighs as many lines as bring back 5 returns in the shop (1.5 where the group is one
customer's), and are relative to the shop's.

Prices and values are logarithms of 1 + the amount. A *typical* price is a mean of such logarithms, so about the
geometric mean: of 10 and 1,000 it is 104, and not 505.

## The shop of the examples

Every feature below is shown for the two lines of the last order, `L10` and `L11`. A dash stands for null.

| line | order | customer | day | style | category | size | price | discount | came back |
|---|---|---|---|---|---|---|---|---|---|
"""


def page() -> str:
    """The page as text."""
    features = features_for_source()
    reference = Reference(lines(), line_returns(), features.lag_law)
    values = {str(row["line_id"]): row for row in reference.features(features)}
    shop = "".join(f"| {' | '.join(str(cell or '-') for cell in sale)} |\n" for sale in SALES)
    return (
        INTRODUCTION + shop + "".join(_section(family, values) for family in Family if family is not Family.ATTRIBUTES)
    )


def _section(family: Family, values: Mapping[str, Mapping[str, object]]) -> str:
    members = [feature for feature in CATALOGUE if feature.family is family]
    return f"\n## {family.value.capitalize()} ({len(members)})\n\n{''.join(_table(members, values))}"


def _table(members: list[Feature], values: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    yield f"| feature | meaning | unit | {' | '.join(EXPLAINED)} |\n|---|---|---|---|---|\n"
    for feature in members:
        shown = " | ".join(_shown(values[line][feature.name]) for line in EXPLAINED)
        yield f"| `{feature.name}` | {feature.description} | {feature.unit} | {shown} |\n"


def _shown(value: object) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else "-"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
