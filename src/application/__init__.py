"""The use cases, one file each, and the graph that chains them."""
