"""Who was there when: the ground that lifecycle, stickiness and engagement groups stand on.

``source`` settles what counts as being there and which table can tell; ``compile`` turns it into sets of subjects.
"""
