"""Values that colleagues or other programs enter: a mood, a survey's score, an assessment."""
