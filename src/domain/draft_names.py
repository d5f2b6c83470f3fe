"""What columns are called in the exports of shops, in several languages."""

import re

# Role -> parts of names, most telling first. A name matches when all words of a part stand in it.
_PARTS: dict[str, str] = {
    "line_id": "line id, order item id, order line, line item id, position id, positionsnummer",
    "order_id": (
        "order id, order no, order number, order nr, transaction id, invoice, basket id, receipt, "
        "bestellnummer, auftragsnummer, bestellung, commande, pedido, ordine, bestelnummer, order"
    ),
    "customer_id": (
        "customer, buyer, client, user id, shopper, member, kunde, kundennummer, acheteur, cliente, "
        "comprador, klant, account id"
    ),
    "item_id": (
        "sku, item code, stock code, article number, product code, variant id, ean, gtin, artikelnummer, "
        "artikel, reference, codigo, codice, item id, product id, article"
    ),
    "item_group": (
        "style, model, item name, product name, description, title, bezeichnung, designation, descrizione, "
        "descripcion, name"
    ),
    "category": "category, kategorie, warengruppe, categorie, categoria, department, product type",
    "size": "size, grosse, groesse, größe, taille, talla, taglia, maat, tamanho",
    "colour": "colour, color, farbe, couleur, colore, kleur, cor",
    "seller": "seller, vendor, merchant, verkaufer, verkäufer, marketplace",
    "ordered_at": (
        "order date, ordered at, order time, purchase date, invoice date, created at, bestelldatum, date "
        "commande, fecha pedido, data ordine, besteldatum, datum, date, fecha, data, timestamp, day"
    ),
    "returned_at": (
        "return date, returned at, refund date, retourdatum, rucksendedatum, date retour, fecha devolucion, "
        "data reso, date, datum, day"
    ),
    "delivered_at": "delivered, delivery date, lieferdatum, livraison, entrega, consegna",
    "dispatched_at": "dispatched, shipped, ship date, versanddatum, expedition",
    "quantity": (
        "purchased item count, quantity, qty, units, menge, anzahl, stuck, quantite, cantidad, quantita, "
        "aantal, quantidade"
    ),
    "price": (
        "unit price, unitprice, price, list price, einzelpreis, stuckpreis, preis, prix, precio, prezzo, "
        "prijs, preco, total revenue, gross sales, line total, amount, umsatz, betrag, importe, total"
    ),
    "discount": "discount, reduction, rabatt, remise, descuento, sconto, korting, desconto, voucher, markdown",
    "tax": "tax, vat, mwst, steuer, tva, iva, btw",
    "refund": "refund, erstattung, remboursement, reembolso, rimborso, terugbetaling",
    "unit_cost": "unit cost, cost price, cogs, einkaufspreis, einstandspreis, cost",
    "flag": "returned, is return, return flag, was returned, retourniert, retourne, devuelto, reso, return",
    "returns": "return, refunded item count, refund, retoure, rucksendung, retour, devolucion, reso, rma",
    "reason": "reason, grund, motif, motivo, reden",
    "currency": "currency, wahrung, währung, devise, moneda, valuta, moeda",
    "attribute": "country, land, pays, pais, payment, zahlung, device, channel, kanal",
}
SYNONYMS = {role: tuple(parts.casefold().split(", ")) for role, parts in _PARTS.items()}

_SIZES = re.compile(
    r"(?i)(?<![a-z0-9])"
    r"(xxs|xs|s|m|l|xl|xxl|[2-6]xl|\d{2}(?:[.,]5)?|st|lo|sh|reg|long|short|one size|eu ?\d\d|us ?\d\d?)"
    r"(?![a-z0-9])"
)
_COLOUR_WORDS = (
    "amarillo azul beige bianco black blanc blanco blau bleu blu blue braun brown gelb gold grau gray green grey gris "
    "grün jaune khaki navy negro nero noir orange pink purple red rojo rosso rot rouge schwarz silver verde vert weiss "
    "weiß white yellow"
)
_COLOURS = frozenset(_COLOUR_WORDS.split())
SERVICE_WORDS = (
    "postage",
    "shipping",
    "delivery",
    "versand",
    "livraison",
    "envio",
    "spedizione",
    "service fee",
    "bank charges",
    "carriage",
)
GIFT_CARD_WORDS = (
    "gift card",
    "gift voucher",
    "giftcard",
    "gutschein",
    "carte cadeau",
    "tarjeta regalo",
    "buono regalo",
)


def name_rank(name: str, role: str) -> int:
    """How well a name fits a role: 0 not at all, higher for a more telling part."""
    words = f" {' '.join(re.findall('[a-zà-ÿ0-9]+', split_camel(name).casefold()))} "
    parts = SYNONYMS[role]
    for place, part in enumerate(parts):
        if all(f" {word} " in words or (len(word) > 4 and word in words) for word in part.split()):
            return len(parts) - place
    return 0


def looks_like_sizes(texts: list[str]) -> bool:
    """Whether most texts hold a size."""
    return bool(texts) and sum(1 for text in texts if _SIZES.search(text)) >= 0.6 * len(texts)


def looks_like_colours(texts: list[str]) -> bool:
    """Whether most texts hold the name of a colour."""
    held = sum(1 for text in texts if _COLOURS & set(re.findall(r"\w+", text.casefold())))
    return bool(texts) and held >= 0.5 * len(texts)


def split_camel(name: str) -> str:
    """The name with its words parted where small letters meet capitals."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
