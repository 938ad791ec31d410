"""Tiers of accounts: who belongs where by rule or by exception, when a move takes effect, what each tier is due.

``scheme`` reads a definition, ``rules`` asks criteria who matches, ``hysteresis`` says what takes effect when,
``deciding`` does it every night, ``exceptions`` and ``reviews`` are what colleagues do, ``entitlements`` the ledger.
"""
