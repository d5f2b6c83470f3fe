"""What a source holds and how its files become order lines and returns: mappings, formats, rules of quality."""
