"""What the audit trail calls what is done in this room."""

from evergrow.workspaces import audit_words

audit_words.register(
    {
        "account.created": {"zh": "创建了客户", "en": "created the account"},
        "account.edited": {"zh": "修改了客户", "en": "changed the account"},
        "account.tier": {"zh": "调整了分层：", "en": "changed the tier of"},
        "account.retagged": {"zh": "修改了标签：", "en": "changed the tags of"},
        "note.added": {"zh": "写了备注：", "en": "wrote a note about"},
        "note.edited": {"zh": "修改了备注：", "en": "changed a note about"},
        "visit.logged": {"zh": "记录了拜访：", "en": "logged a visit to"},
        "visit.edited": {"zh": "修改了拜访记录：", "en": "changed a visit to"},
        "person.added": {"zh": "添加了联系人", "en": "added the person"},
        "person.edited": {"zh": "修改了联系人", "en": "changed the person"},
        "person.placed": {"zh": "调整了联系人任职：", "en": "changed a person's place at"},
        "person.merged": {"zh": "合并了联系人", "en": "merged the person"},
        "person.split": {"zh": "拆分了联系人", "en": "split the person"},
        "people.exported": {"zh": "导出了联系人：", "en": "exported people of"},
        "accounts.exported": {"zh": "导出了客户：", "en": "exported accounts of"},
        "duplicate.apart": {"zh": "判定不是同一个：", "en": "said these are not the same:"},
        "duplicate.reopened": {"zh": "重新提示疑似重复：", "en": "asked again about"},
        "team.assigned": {"zh": "交接了团队角色：", "en": "handed a team role over at"},
        "team.vacated": {"zh": "空出了团队角色：", "en": "freed a team role at"},
        "view.saved": {"zh": "保存了视图", "en": "saved the view"},
        "view.changed": {"zh": "修改了视图", "en": "changed the view"},
        "view.deleted": {"zh": "删除了视图", "en": "deleted the view"},
        "subscription.added": {"zh": "写入了订阅", "en": "added the subscription"},
        "subscription.changed": {"zh": "修改了订阅", "en": "changed the subscription"},
        "invoice.added": {"zh": "写入了账单", "en": "added the invoice"},
        "invoice.changed": {"zh": "修改了账单", "en": "changed the invoice"},
        "ticket.added": {"zh": "写入了工单", "en": "added the ticket"},
        "ticket.changed": {"zh": "修改了工单", "en": "changed the ticket"},
    }
)
