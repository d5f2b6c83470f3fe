"""Paths as Spark's readers take them: without wildcards."""


def literal(path: str) -> str:
    """The path with every letter escaped in which Spark would see a wildcard; writers take paths as they are."""
    return "".join(f"\\{letter}" if letter in "*?[]{}" else letter for letter in path)
