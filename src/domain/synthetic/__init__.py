"""Made-up shops: their law, their files and their presets."""
