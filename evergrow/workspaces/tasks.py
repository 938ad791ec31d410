"""Jobs of this room."""

from typing import Any

from evergrow.workspaces import actions, addresses, jobs, mail
from evergrow.workspaces.models import Job, User

MAIL_SIGN_IN_LINK = "workspaces.mail_sign_in_link"


@jobs.register(MAIL_SIGN_IN_LINK)
def mail_sign_in_link(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Make a one-time link and mail it. The link is made here so that no token ever waits in the queue."""
    user = User.objects.filter(pk=job.args["user"], is_active=True).first()
    if user is None:
        return {"sent": False}
    token = actions.make_sign_in_link(user=user)
    mail.send_sign_in_link(user, addresses.sign_in_link(job.args["root"], token), job.args["language"])
    return {"sent": True}


def ask_for_sign_in_link(*, email: str, root: str, language: str) -> None:
    """Have a one-time link mailed if the address belongs to an active member; say nothing either way.

    The mail goes out from a job: the answer takes as long for a stranger's address as for a member's.
    """
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    member = user and user.memberships.filter(left_at=None).select_related("workspace").first()
    if user and member:
        args = {"user": user.pk, "root": root, "language": user.language or language}
        jobs.enqueue(MAIL_SIGN_IN_LINK, member.workspace, by=member, args=args, dedupe_key=f"user {user.pk}")
