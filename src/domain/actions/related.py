"""Which features tell the same fact about a line, so that a sentence names the fact once.

The catalogue has one fact in many forms (several windows, finer and coarser groups, another scale), because a learner
profits by it. A reader would take three forms of it for three reasons.
"""

import re

_WINDOW = re.compile(r"_\d+_days$")
_FORMS: tuple[tuple[str, ...], ...] = (
    (  # how often the product comes back
        *("item_rate", "item_log_odds", "item_and_customer_log_odds", "style_rate", "category_rate"),
        *("style_colour_rate", "style_size_rate", "category_size_rate"),
    ),
    (  # how much the customer sends back
        *("customer_rate", "customer_returns", "customer_returns_against_expected", "item_and_customer_log_odds"),
        *("customer_share_of_value_back", "customer_share_of_orders_back"),
        *("customer_category_rate", "customer_category_returns", "customer_size_rate"),
    ),
    ("customer_item_returns", "customer_style_returns", "customer_style_rate"),
    ("price_band_rate", "category_price_band_rate"),
    (  # one thing ordered in several sizes
        *("basket_same_style_other_size", "basket_same_category_other_size", "basket_tries_sizes", "basket_sizes"),
        *("basket_size_spread", "basket_style_size_spread"),
        *("basket_other_size_first_part", "basket_other_size_second_part", "basket_other_size_third_part"),
    ),
    (  # how usual the size is for the customer
        *("customer_size_share", "is_customers_usual_size"),
        *("customer_size_first_part_share", "customer_size_second_part_share", "customer_size_third_part_share"),
    ),
    ("basket_item_rate_mean", "basket_item_rate_max", "basket_category_rate_mean"),
    ("quantity_ordered", "basket_most_units"),
)
FORMS = frozenset(name for forms in _FORMS for name in forms)


def facts_told(name: str) -> frozenset[str]:
    """The facts that a feature tells, each under the name of its first form; of a feature without others, its own."""
    form = _WINDOW.sub("", name)
    return frozenset(forms[0] for forms in _FORMS if form in forms) or frozenset({name})
