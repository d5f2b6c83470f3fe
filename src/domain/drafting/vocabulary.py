"""What shops call the columns of their exports, in several languages."""

# Role -> parts of names, most telling first. A name matches when all words of a part stand in it, accents, letter case
# and ae for ä aside; after "=" it must have no other word.
PARTS: dict[str, str] = {
    "line_id": (
        "line id, order item id, order line, line item id, position id, positionsnummer, line number, order line "
        "item, positionsnr, order position, =position, =pos, zeilennummer, =zeile, ligne commande, numero ligne, "
        "=ligne, linea pedido, numero linea, =linea, riga ordine, numero riga, =riga, orderregel"
    ),
    "order_id": (
        "order id, order no, transaction id, transaction number, invoice, basket id, receipt, ticket, bestellnummer, "
        "auftragsnummer, belegnummer, rechnungsnummer, bestellnr, auftragsnr, belegnr, rechnungsnr, bestelnummer, "
        "bestellung, =auftrag, =rechnung, =beleg, commande, numéro facture, =facture, pedido, número factura, "
        "=factura, ordine, numero fattura, =fattura, scontrino, order"
    ),
    "customer_id": (
        "customer, buyer, client, user id, shopper, member, kunde, kundennummer, käufer, besteller, debitor, "
        "acheteur, adhérent, cliente, comprador, acquirente, klant, utilisateur, usuario, utente, loyalty card, "
        "loyalty id, account id, account number, email, e mail, consumer, kupujący, müşteri, kundnr, köpare, user, cust"
    ),
    "item_id": (
        "sku, item code, stock code, article number, product code, variant id, ean, gtin, upc, asin, barcode, "
        "artikelnummer, artikelnr, item id, item number, product id, product number, article id, article code, "
        "materialnummer, produktnummer, produktnr, produkt id, warennummer, code article, code produit, id produit, "
        "référence article, référence produit, ref article, ref produit, código artículo, código producto, referencia "
        "artículo, referencia producto, id producto, codice articolo, codice prodotto, id prodotto, artikel, article, "
        "artículo, articolo, =référence, =référence no, =ref, =ref no, =referencia, =código, =codice, =produkt, "
        "=product, =produit, =producto, =prodotto, =item"
    ),
    "item_group": (
        "style, model, item name, product name, description, title, titel, bezeichnung, artikelname, produktname, "
        "modell, désignation, libellé, intitulé, nom produit, nom article, modèle, descripción, nombre producto, "
        "nombre artículo, título, modelo, descrizione, nome prodotto, nome articolo, titolo, modello, omschrijving, "
        "name"
    ),
    "category": (
        "category, kategorie, warengruppe, catégorie, categoría, department, product type, product group, "
        "produktgruppe, artikelgruppe, sortiment, rayon, famille, familia, famiglia, type produit, tipo producto, "
        "tipo prodotto, commodity group, kategoria, kategori, varugrupp, varegruppe, categoria"
    ),
    "size": (
        "size, größe, taille, pointure, talla, tamaño, taglia, misura, maat, tamanho, rozmiar, storlek, størrelse, "
        "beden"
    ),
    "colour": "colour, color, farbe, couleur, coloris, colore, kleur, cor, kolor, färg, farve, renk",
    "seller": "seller, vendor, merchant, verkäufer, händler, vendeur, vendedor, venditore, marketplace",
    "ordered_at": (
        "order date, ordered at, order time, purchase date, purchased at, invoice date, created at, bestelldatum, "
        "auftragsdatum, kaufdatum, rechnungsdatum, belegdatum, bestellt am, date commande, date achat, date facture, "
        "fecha pedido, fecha compra, fecha factura, data ordine, data acquisto, data fattura, besteldatum, datum, "
        "date, fecha, data, timestamp, day, ts, zeitpunkt, =time, =tag, =jour, =día, =giorno"
    ),
    "returned_at": (
        "return date, returned at, refund date, refunded at, retourdatum, retourendatum, rücksendedatum, "
        "rückgabedatum, retourniert am, date retour, date renvoi, date remboursement, fecha devolución, fecha "
        "reembolso, data reso, data restituzione, data rimborso, data zwrotu, iade tarihi, returdatum, returdato, "
        "date, datum, day"
    ),
    "delivered_at": (
        "delivered, delivery date, lieferdatum, zustelldatum, geliefert am, zugestellt am, date livraison, livré le, "
        "fecha entrega, entregado, data consegna, consegnato, livraison, entrega, consegna"
    ),
    "dispatched_at": (
        "dispatched, shipped, ship date, shipping date, versanddatum, versandt am, versendet am, date expédition, "
        "expédié le, fecha envío, enviado, data spedizione, spedito, dispatch, despatched, expédition"
    ),
    "quantity": (
        "purchased item count, quantity, qty, units, number of items, number of item, menge, anzahl, stückzahl, "
        "stück, =stk, quantité, qté, unités, pièces, cantidad, cant, unidades, piezas, quantità, qtà, pezzi, aantal, "
        "quantidade, qtd, pcs, antal, sztuk, ilość, adet, =ordered, =sold"
    ),
    "price": (
        "unit price, unitprice, sold for, price, list price, einzelpreis, stückpreis, preis, prix unitaire, prix, "
        "=pu, pu ht, pu ttc, precio, prezzo, prijs, preço, total revenue, gross sales, cena, pris, fiyat, "
        "verkaufspreis, =vk, vk brutto, vk netto, line total, amount, umsatz, betrag, warenwert, montant, importe, "
        "importo, =revenue, =sales, =valor, total"
    ),
    "discount": (
        "discount, reduction, rebate, rabatt, nachlass, remise, rabais, ristourne, descuento, rebaja, dto, sconto, "
        "ribasso, korting, desconto, rabat, indirim, voucher, markdown"
    ),
    "tax": "tax, taxes, vat, gst, mwst, ust, steuer, tva, taxe, iva, impuesto, imposta, btw",
    "refund": (
        "refund, erstattung, gutschrift, remboursement, avoir, reembolso, abono, rimborso, rimborsato, accredito, "
        "terugbetaling"
    ),
    "unit_cost": (
        "unit cost, cost price, cogs, einkaufspreis, einstandspreis, wareneinsatz, prix achat, prix revient, coût "
        "achat, coût unitaire, precio coste, precio compra, coste unitario, costo unitario, prezzo acquisto, "
        "inkoopprijs, cost"
    ),
    "flag": (
        "returned, is return, return flag, was returned, retourniert, zurückgesendet, zurückgegeben, retourné, "
        "renvoyé, devuelto, restituito, reso, return"
    ),
    "returns": (
        "return, refunded item count, refund, retoure, rücksendung, rückgabe, retour, renvoi, devolución, "
        "restituzione, reso, rma, zwrot, iade, retur"
    ),
    "reason": "reason, grund, motif, raison, motivo, razón, causale, reden, powód, nedeni, orsak, årsag",
    "currency": "currency, währung, devise, moneda, divisa, valuta, moeda, waluta, para birimi",
    "attribute": (
        "country, land, pays, país, paese, payment, zahlung, paiement, pago, pagamento, płatności, betalning, "
        "betalsätt, ödeme, device, channel, kanal, canal, canale, platform, browser, region, région, región, regione, "
        "province, bundesland, ship state, shipping state, customer state, billing state, ship mode, shipping mode, "
        "shipping method, shipping option, shipping class, delivery method, delivery option, service level, "
        "versandart, lieferart, mode livraison, método envío, metodo spedizione, customer segment, customer type, "
        "=segment"
    ),
    "brand": "brand, marke, marque, marca, manufacturer, hersteller, fabricant, fabricante, produttore",
}
