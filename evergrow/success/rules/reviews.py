"""A risk of the register whose review is overdue."""

from evergrow.success.models import Risk, Severity
from evergrow.success.models.risks import GRAVE, MIDDLING, OPEN_RISKS
from evergrow.success.rules.finding import Finding, Seen, Watch, text


def overdue(watch: Watch) -> Seen:
    """One finding a risk, for whoever owns it; the graver the risk, the more severe."""
    rows = Risk.objects.filter(workspace=watch.workspace, state__in=OPEN_RISKS, review_on__lt=watch.today)
    return Seen([_finding(watch, risk) for risk in rows.order_by("pk")])


def _finding(watch: Watch, risk: Risk) -> Finding:
    assert risk.review_on is not None
    days, score = (watch.today - risk.review_on).days, risk.residual or risk.inherent
    severity = Severity.HIGH if score >= GRAVE else Severity.MEDIUM if score >= MIDDLING else Severity.LOW
    reason = text(
        f"风险“{risk.title}”的复核已逾期 {days} 天",
        f"Review of the risk “{risk.title}” is {days} {'day' if days == 1 else 'days'} overdue",
    )
    lines = [
        text(f"风险分 {score}（满分 25）", f"score {score} of 25"),
        text(f"应于 {risk.review_on.isoformat()} 复核", f"was to be reviewed on {risk.review_on.isoformat()}"),
    ]
    return Finding(risk.account_id, severity, reason, lines, part=f"risk-{risk.pk}", risk=risk.pk, owner=risk.owner_id)
