"""What the use cases need from the outside, as abstract base classes in the domain's words."""
