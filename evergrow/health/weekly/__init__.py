"""Whether the published scorecard and the models in force still tell who will leave: read every week by itself."""
