"""Consent, the rights of people, retention, masking, and the register of processing.

``may_contact`` is what rooms ask before they write to somebody; ``registry`` is where they say what they hold.
"""

from evergrow.customers.privacy.consent import consents, may_contact, record_consent

__all__ = ["consents", "may_contact", "record_consent"]
