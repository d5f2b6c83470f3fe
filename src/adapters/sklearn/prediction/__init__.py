"""A fitted model at work: its files, its chances, and the parts they are made of."""
