"""The data set of Kaggle that the bundled mapping describes, so that it needs no mapping of its own."""

from adapters.kaggle.data_sets import place_of
from domain.errors import SourceError

BUNDLED = "yaminh/product-sales-and-returns-dataset"
FILE = "order_dataset.csv"


def orders_of(name: str) -> str:
    """The place of the orders in the data set that a source's name names.

    Args:
        name: such as `kaggle:yaminh/product-sales-and-returns-dataset`, with `/versions/<number>` or without.

    Raises SourceError for a data set that the bundled mapping doesn't describe.
    """
    wanted = place_of(name)
    if wanted.handle.split("/versions/", maxsplit=1)[0] != BUNDLED or wanted.path not in {None, FILE}:
        raise SourceError(
            f"There is no mapping for '{name}': the one that comes with returncast describes {BUNDLED} on Kaggle.",
            f'Write a mapping with orders = "{name}" and name its file with --source.',
        )
    return f"kaggle:{wanted.handle}/{FILE}"
