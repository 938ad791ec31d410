"""Deliveries on their way out: claimed with a lease, handed over, and written down as sent, failed or unknown.

1. ``claim`` moves a row queued → sending and gives it a lease; on PostgreSQL several senders take different rows.
2. The sender writes ``handed_at`` just before the other side could have the message, sends, and writes how it went.
3. A lease that ran out belongs to a sender that ended. Without ``handed_at`` nothing left the house, and the row is
   queued again; with it nobody can know, and it becomes ``unknown``: a colleague decides, so that nothing goes out
   twice. A webhook whose receiver drops repeated ids says so (``is_repeatable``) and is queued again.
"""

from evergrow.success.engine.sending.passing import send_due

__all__ = ["send_due"]
