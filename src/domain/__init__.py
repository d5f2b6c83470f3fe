"""What a return is: the rules of the business, in the standard library alone."""
