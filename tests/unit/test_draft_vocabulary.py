"""Which roles names have in several languages, and however they are written."""

import unicodedata

import pytest

from domain.drafting.names import looks_like_colours, looks_like_sizes, name_rank, speaks_of_moment, split_camel
from domain.nearest import nearest

ACCENTED = [
    ("Désignation", "item_group"),
    ("Catégorie", "category"),
    ("Qté", "quantity"),
    ("Quantité", "quantity"),
    ("Größe", "size"),
    ("Groesse", "size"),
    ("Référence", "item_id"),
    ("Réf. article", "item_id"),
    ("código", "item_id"),
    ("Código de artículo", "item_id"),
    ("Stückpreis", "price"),
    ("Stueckpreis", "price"),
    ("Währung", "currency"),
    ("Retourné", "flag"),
    ("Fecha de devolución", "returned_at"),
    ("Tamaño", "size"),
    ("Quantità", "quantity"),
    ("N° commande", "order_id"),
    ("Händler", "seller"),
    ("Liczba sztuk", "quantity"),
    ("Müşteri ID", "customer_id"),
    ("Färg", "colour"),
    ("Cena jednostkowa", "price"),
    ("Varegruppe", "category"),
    ("VK brutto", "price"),
]


@pytest.mark.parametrize(("name", "role"), ACCENTED)
def test_accents_do_not_hide_what_a_name_speaks_of(name: str, role: str) -> None:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    for written in (name, name.upper(), plain, unicodedata.normalize("NFD", name)):
        assert name_rank(written, role) > 0


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("ProductKey", "item_id"),
        ("product_key", "item_id"),
        ("SKUCode", "item_id"),
        ("Item #", "item_id"),
        ("Product No.", "item_id"),
        ("UserKey", "customer_id"),
        ("OrderLineItem", "line_id"),
        ("productGroup", "category"),
        ("num_of_item", "quantity"),
        ("Product", "item_id"),
    ],
)
def test_keys_and_numbers_name_as_ids_do(name: str, role: str) -> None:
    assert name_rank(name, role) > 0


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Stückpreis", "quantity"),
        ("Item number", "quantity"),
        ("Prezzo unitario", "quantity"),
        ("Código postal", "item_id"),
        ("Référence commande", "item_id"),
        ("Product Category", "item_id"),
        ("Composition", "line_id"),
        ("Rechnungsbetrag", "order_id"),
        ("Sales Channel", "price"),
    ],
)
def test_a_word_that_means_something_else_there_names_no_role(name: str, role: str) -> None:
    assert name_rank(name, role) == 0


@pytest.mark.parametrize("name", ["order_ts", "createdAt", "Zeitpunkt", "unix time", "Lieferdatum", "fecha"])
def test_names_of_clocks_and_days_speak_of_moments(name: str) -> None:
    assert speaks_of_moment(name)


@pytest.mark.parametrize("name", ["order_id", "EAN", "price", "timer"])
def test_other_names_do_not(name: str) -> None:
    assert not speaks_of_moment(name)


def test_words_part_where_letters_grow_and_where_an_abbreviation_ends() -> None:
    assert split_camel("ProductKey") == "Product Key"
    assert split_camel("SKUCode") == "SKU Code"
    assert split_camel("prixUnitéÉlevé") == "prix Unité Élevé"
    assert split_camel("customerIDs") == "customer IDs"


def test_colours_are_known_without_their_accents() -> None:
    assert looks_like_colours(["grün", unicodedata.normalize("NFD", "grün"), "GRUN"])


def test_the_nearest_name_looks_past_accents() -> None:
    assert nearest("designation", ["Date", "Désignation"]) == "Désignation"
    assert nearest("Grosse", ["Menge", "Größe"]) == "Größe"


@pytest.mark.parametrize(
    ("text", "is_size"),
    [
        ("38", True),
        ("38,5", True),
        ("Hemd - 42", True),
        ("32/34", True),
        ("Gr. 38", True),
        ("size 12", True),
        ("EU 42", True),
        ("us 8", True),
        ("Shirt - M / black", True),
        ("one size", True),
        ("Brand 12", False),
        ("Serie 20", False),
        ("item 275", False),
    ],
)
def test_a_number_among_words_is_a_size_where_something_says_so(text: str, is_size: bool) -> None:
    assert looks_like_sizes([text]) is is_size
