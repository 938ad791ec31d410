"""Portrait (画像): what sets a group of people or accounts apart from everyone else, or from another group.

``statistics`` holds the formulas, ``facts`` asks the event store what both groups have, ``comparing`` turns that into
ranked differences with intervals, ``words`` says them.
"""
