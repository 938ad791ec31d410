"""Mails become activities, as far as a member lets them be read.

``door`` takes mails over SMTP for the members' own addresses, ``polling`` reads connected mailboxes over IMAP; both
give them to ``receiving``. ``reading`` makes a letter of bytes, with ``decoding`` (charsets), ``plain`` (HTML) and
``folding`` (quoted history); ``matching`` finds the accounts whose people it names; ``filing`` writes the activity,
``threads`` its line in the story. What names nobody waits for its member to sort it.
"""
