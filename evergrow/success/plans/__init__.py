"""Operating plans: a goal with a number, tracked every week; what is off long enough calls for a retrospective."""
