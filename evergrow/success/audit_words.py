"""What the audit trail calls what is done in this room."""

from django.utils.translation import pgettext_lazy

from evergrow.workspaces import audit_words

audit_words.FIELDS.update(
    {
        "version": pgettext_lazy("audit", "version"),
        "raised": pgettext_lazy("audit", "new"),
        "repeated": pgettext_lazy("audit", "still there"),
        "suppressed": pgettext_lazy("audit", "held back"),
        "expired": pgettext_lazy("audit", "passed"),
        "runs_cancelled": pgettext_lazy("audit", "runs cancelled"),
        "tasks": pgettext_lazy("audit", "tasks"),
        "owner": pgettext_lazy("audit", "owner"),
        "until": pgettext_lazy("audit", "until"),
        "from": pgettext_lazy("audit", "from"),
        "to": pgettext_lazy("audit", "to"),
        "why": pgettext_lazy("audit", "reason"),
    }
)
audit_words.register(
    {
        "playbook.created": {"zh": "创建了剧本", "en": "created the playbook"},
        "playbook.described": {"zh": "修改了剧本说明：", "en": "described the playbook"},
        "playbook.draft_opened": {"zh": "打开了剧本草稿：", "en": "opened a draft of"},
        "playbook.draft_discarded": {"zh": "丢弃了剧本草稿：", "en": "discarded the draft of"},
        "playbook.step_added": {"zh": "添加了步骤", "en": "added the step"},
        "playbook.step_changed": {"zh": "修改了步骤", "en": "changed the step"},
        "playbook.step_removed": {"zh": "删除了步骤", "en": "removed the step"},
        "playbook.steps_ordered": {"zh": "调整了步骤顺序：", "en": "put the steps in another order in"},
        "playbook.published": {"zh": "发布了剧本", "en": "published the playbook"},
        "playbook.retired": {"zh": "停用了剧本", "en": "retired the playbook"},
        "playbook.restored": {"zh": "恢复了剧本", "en": "brought back the playbook"},
        "playbook.started": {"zh": "启动了剧本", "en": "started the playbook"},
        "playbook.paused": {"zh": "暂停了剧本", "en": "paused the playbook"},
        "playbook.resumed": {"zh": "继续了剧本", "en": "resumed the playbook"},
        "playbook.cancelled": {"zh": "取消了剧本", "en": "cancelled the playbook"},
        "playbook.completed": {"zh": "完成了剧本", "en": "completed the playbook"},
        "playbook.reopened": {"zh": "重新打开了剧本", "en": "reopened the playbook"},
        "playbook.anchor_moved": {"zh": "改了剧本的基准日期：", "en": "moved the anchor date of"},
        "playbook.handed_over": {"zh": "移交了剧本", "en": "handed over the playbook"},
        "playbook.declined": {"zh": "暂不启动剧本", "en": "declined the playbook"},
        "task.added": {"zh": "新建了任务", "en": "added the task"},
        "task.started": {"zh": "开始了任务", "en": "began the task"},
        "task.done": {"zh": "完成了任务", "en": "finished the task"},
        "task.skipped": {"zh": "跳过了任务", "en": "skipped the task"},
        "task.reopened": {"zh": "重新打开了任务", "en": "reopened the task"},
        "task.snoozed": {"zh": "推迟了任务", "en": "snoozed the task"},
        "task.reassigned": {"zh": "转交了任务", "en": "reassigned the task"},
        "task.due_moved": {"zh": "改了任务到期日：", "en": "moved the due date of"},
        "task.approval_asked": {"zh": "申请批准：", "en": "asked approval for"},
        "task.approved": {"zh": "批准了", "en": "approved"},
        "task.declined": {"zh": "未批准", "en": "declined"},
        "signal.raised": {"zh": "发出了信号", "en": "raised the signal"},
        "signal.taken": {"zh": "接手了信号", "en": "took the signal"},
        "signal.work_begun": {"zh": "开始处理信号", "en": "began work on the signal"},
        "signal.snoozed": {"zh": "推迟了信号", "en": "put off the signal"},
        "signal.resolved": {"zh": "解决了信号", "en": "resolved the signal"},
        "signal.false_positive": {"zh": "标记为误报：", "en": "called false the signal"},
        "signal.expired": {"zh": "信号自行消失：", "en": "saw the signal pass"},
        "signals.sources_evaluated": {"zh": "评估了事件来源：", "en": "evaluated the sources of"},
        "contact.policy_changed": {"zh": "修改了触达规则", "en": "changed the contact rules"},
        "contact.hours_changed": {"zh": "修改了发送时段：", "en": "changed the sending hours of"},
        "contact.bypassed": {"zh": "事务性触达绕过了触达规则：", "en": "passed the contact rules as transactional:"},
        "signals.evaluated": {"zh": "评估了信号：", "en": "evaluated the signals of"},
    }
)
