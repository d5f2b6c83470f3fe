"""Features of the size: how it fits, as far as returns tell, and whether it is the customer's usual one."""

from domain.features.expressions import Expression, Literal
from domain.features.feature import Family
from domain.features.rules import Aggregate, Basket
from domain.features.terms import (
    CATEGORY,
    CUSTOMER,
    LINES,
    OF_ONE_CUSTOMER,
    RELATIVE,
    SHARE,
    SIZE,
    STYLE,
    YES_OR_NO,
    Of,
    back_off,
    less,
    lines_of,
    op,
    past,
    ratio,
)

_of = Of(Family.SIZE)
_SIZES = "sizes"
_OTHER_SIZES = Basket(Aggregate.COUNT, same=(STYLE,), different=(SIZE,), own=False)
_USUAL_OF_CUSTOMER = past(Aggregate.MODE, CUSTOMER, CATEGORY, of=SIZE)

_RANK = op("size_rank", SIZE)
_PARTS = tuple(  # by name, with an example
    (name, example, op("size_part", SIZE, Literal(number)))
    for name, example, number in (("first", "34", 1.0), ("second", "B", 2.0), ("third", "32", 3.0))
)
_PRODUCT = (CATEGORY, STYLE)  # a style may be a name that several categories use


def _spread(*same: Expression) -> Expression:
    return less(Basket(Aggregate.MAX, _RANK, same), Basket(Aggregate.MIN, _RANK, same))


def _above_mean(*same: Expression) -> Expression:
    return less(_RANK, Basket(Aggregate.MEAN, _RANK, same))


_FROM_CUSTOMER = less(_RANK, past(Aggregate.MEAN, CUSTOMER, CATEGORY, of=_RANK))
_FROM_CATEGORY = less(_RANK, past(Aggregate.MEAN, CATEGORY, of=_RANK))

SIZE_RANKS = (
    _of("size_number", "The size as a number: its leading number, or its place around M, which is 0.", _SIZES, _RANK),
    _of("size_against_category", "The size less the category's mean so far.", _SIZES, _FROM_CATEGORY),
    _of(
        "size_off_category",
        "How far the size is from the category's mean so far.",
        _SIZES,
        op("absolute", _FROM_CATEGORY),
    ),
    _of("size_against_customer", "The size less the customer's mean in the category so far.", _SIZES, _FROM_CUSTOMER),
    _of(
        "size_off_customer",
        "How far the size is from the customer's mean in the category so far.",
        _SIZES,
        op("absolute", _FROM_CUSTOMER),
    ),
    _of(
        "basket_size_spread",
        "The largest size of the category in the order less the smallest.",
        _SIZES,
        _spread(CATEGORY),
    ),
    _of("basket_size_above", "The size less the mean of its category in the order.", _SIZES, _above_mean(CATEGORY)),
    _of(
        "basket_style_size_spread",
        "The largest size of the style within its category in the order less the smallest.",
        _SIZES,
        _spread(*_PRODUCT),
    ),
    _of(
        "basket_style_size_above",
        "The size less the mean of its style within its category in the order.",
        _SIZES,
        _above_mean(*_PRODUCT),
    ),
)

# A size may say several things, such as waist, fit and length: a customer keeps to some of them whatever is bought.
SIZE_PARTS = (
    *(
        _of(
            f"customer_size_{name}_part_share",
            f"Share of the customer's lines so far whose size has the same {name} part ({example} of 34 / B / 32).",
            SHARE,
            ratio(lines_of(CUSTOMER, part), lines_of(CUSTOMER)),
        )
        for name, example, part in _PARTS
    ),
    *(
        _of(
            f"basket_other_size_{name}_part",
            f"Other lines of the order whose size has another {name} part ({example} of 34 / B / 32).",
            LINES,
            Basket(Aggregate.COUNT, different=(part,), own=False),
        )
        for name, example, part in _PARTS
    ),
)

SIZES = (
    _of(
        "style_size_rate",
        "Return rate of the style in this size so far, smoothed towards the style's.",
        RELATIVE,
        back_off((CATEGORY,), (STYLE,), (STYLE, SIZE)),
    ),
    _of(
        "style_size_rate_90_days",
        "Return rate of the style in this size over the last 90 days, smoothed towards that of all its history.",
        RELATIVE,
        back_off((CATEGORY,), (STYLE,), (STYLE, SIZE), (STYLE, SIZE), days=90),
    ),
    _of(
        "category_size_rate",
        "Return rate of the category in this size so far, smoothed towards the category's.",
        RELATIVE,
        back_off((CATEGORY,), (CATEGORY, SIZE)),
    ),
    _of(
        "size_share_of_style",
        "Share of the style's lines so far that were in this size.",
        SHARE,
        ratio(lines_of(STYLE, SIZE), lines_of(STYLE)),
    ),
    _of(
        "size_share_of_category",
        "Share of the category's lines so far that were in this size.",
        SHARE,
        ratio(lines_of(CATEGORY, SIZE), lines_of(CATEGORY)),
    ),
    _of(
        "category_tries_sizes",
        "Lines in other sizes that usually stood beside a line of the category in one basket so far.",
        "lines",
        past(Aggregate.MEAN, CATEGORY, of=_OTHER_SIZES),
    ),
    _of(
        "category_size_tries_sizes",
        "Lines in other sizes that usually stood beside a line of the category in this size so far.",
        "lines",
        past(Aggregate.MEAN, CATEGORY, SIZE, of=_OTHER_SIZES),
    ),
    _of(
        "customer_tries_sizes",
        "Lines in other sizes that usually stood beside a line of the customer in one basket so far.",
        "lines",
        past(Aggregate.MEAN, CUSTOMER, of=_OTHER_SIZES),
    ),
    _of(
        "is_usual_size",
        "Whether this is the size in which the style was ordered most so far.",
        YES_OR_NO,
        op("equal", SIZE, past(Aggregate.MODE, STYLE, of=SIZE)),
    ),
    _of(
        "is_customers_usual_size",
        "Whether this is the size that the customer ordered most in the category so far.",
        YES_OR_NO,
        op("equal", SIZE, _USUAL_OF_CUSTOMER),
    ),
    _of(
        "customer_sizes_in_category",
        "Different sizes that the customer ordered in the category so far.",
        _SIZES,
        past(Aggregate.DISTINCT, CUSTOMER, CATEGORY, of=SIZE),
    ),
    _of(
        "customer_size_share",
        "Share of the customer's lines in the category so far that were in this size.",
        SHARE,
        ratio(lines_of(CUSTOMER, CATEGORY, SIZE), lines_of(CUSTOMER, CATEGORY)),
    ),
    _of(
        "customer_size_rate",
        "Return rate of the customer in this size of the category so far, smoothed towards the customer's there.",
        RELATIVE,
        back_off((CUSTOMER,), (CUSTOMER, CATEGORY), (CUSTOMER, CATEGORY, SIZE), prior_returns=OF_ONE_CUSTOMER),
    ),
)
