"""A shop of about 3,000 lines whose returns depend on item and customer, in the shape of rows of one file.

Large enough for every step of the pipeline to have something to do: a test, a decision, a forecast.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

HEADER = ("order", "customer", "sku", "style", "category", "size", "day", "quantity", "price", "discount")

MAPPING = """
name = "small-shop"
shape = "rows"
orders = "orders.csv"
currency = "EUR"
window_days = 30

[columns]
order_id = "order"
customer_id = "customer"
item_id = "sku"
item_group = "style"
category = "category"
size = "size"
ordered_at = "day"
quantity = "quantity"
unit_price = "price"
discount = "discount"

[return_rows]
told_by = "negative_quantity"
"""


@dataclass(frozen=True)
class SmallShop:
    """How much the shop sells, from when, how much returns hang on the customer, and the seed of its chance."""

    lines: int = 3000
    days: int = 120
    first_day: date = date(2023, 1, 1)
    habit: float = 0.12
    seed: int = 7

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Sales and, as rows of their own with a negative quantity, returns; in the order of the days."""
        chance = random.Random(self.seed)
        items = [(f"sku-{n}", f"style-{n // 4}", f"cat-{n // 16}", "SMLX"[n % 4]) for n in range(64)]
        taste = {item[0]: chance.uniform(-1, 1) for item in items}
        habit = {f"c{n}": chance.uniform(-1, 1) for n in range(600)}
        dated: list[tuple[date, tuple[object, ...]]] = []
        for order in range(self.lines // 2):
            day = self.first_day + timedelta(days=chance.randrange(self.days))
            customer = chance.choice(list(habit))
            for item in chance.sample(items, chance.choice((1, 2, 3))):
                price = round(chance.uniform(10, 90), 2)
                row = (f"o{order}", customer, *item)
                dated.append((day, (*row, day.isoformat(), 1, price, chance.choice((0, 0, 0.1)))))
                if chance.random() < 0.25 + 0.12 * taste[item[0]] + self.habit * habit[customer]:
                    back = day + timedelta(days=min(29, 2 + int(chance.expovariate(1 / 8))))
                    if back < self.first_day + timedelta(days=self.days):
                        dated.append((back, (*row, back.isoformat(), -1, price, 0)))
        yield from (row for _, row in sorted(dated, key=lambda entry: (entry[0], [str(cell) for cell in entry[1]])))

    def write(self, directory: Path) -> Path:
        """Write `orders.csv` and `shop.toml`; the path of the mapping."""
        directory.mkdir(parents=True, exist_ok=True)
        with (directory / "orders.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows(self.rows())
        mapping = directory / "shop.toml"
        mapping.write_text(MAPPING, encoding="utf-8")
        return mapping
