"""Made-up shops, drawn with numpy."""
