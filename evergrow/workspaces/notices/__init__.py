"""What a member should know: a room registers kinds of notice and tells members of them.

``register`` in the room's ``apps.ready`` says how a kind is told; ``tell`` writes a notice inside the transaction that
causes it. Everything else (the bell, mails, group robots, digests) follows from the row.
"""

from evergrow.workspaces.notices.kinds import register
from evergrow.workspaces.notices.telling import News, tell, tell_many

__all__ = ["News", "register", "tell", "tell_many"]
