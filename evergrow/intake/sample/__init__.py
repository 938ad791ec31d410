"""The sample: a public data set, moved in time, with names made up. It comes in the way any user's files do."""

from evergrow.intake.sample.loading import SampleThere, load_sample
from evergrow.intake.sample.notice import sample_notice

__all__ = ["SampleThere", "load_sample", "sample_notice"]
