"""The pages of the tracking plan."""
