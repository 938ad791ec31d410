"""How often people may be reached: one budget a person over all channels, quiet hours, the sender's own hours.

Whoever sends asks ``budget.reserve`` first and tells afterwards whether it was ``sent`` or the slot is to be
``release``d. Nothing here sends.
"""
