"""What the audit trail calls what is done in this room."""

from typing import cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.intake.kinds import KINDS
from evergrow.workspaces import audit_words

audit_words.FIELDS.update(
    {
        "rows": pgettext_lazy("import", "Rows"),
        "created": pgettext_lazy("import", "Created"),
        "updated": pgettext_lazy("import", "Updated"),
        "unchanged": pgettext_lazy("import", "Unchanged"),
        "bad": _("Bad rows"),
        "deleted": pgettext_lazy("undo", "Deleted"),
        "restored": pgettext_lazy("undo", "Restored"),
        "added_back": pgettext_lazy("undo", "Taken off known people"),
        "description": _("Description"),
        "owner": _("Owner"),
        "tags": _("Tags"),
        "deprecated": _("Deprecated"),
        "hidden": _("Hidden from lists"),
        "number": pgettext_lazy("audit", "Version"),
        "along": _("Deleted along with them"),
        "seats": _("Team seats"),
        "done": pgettext_lazy("audit", "Done"),
        "skipped": pgettext_lazy("audit", "Left as they were"),
        "mended": pgettext_lazy("audit", "Mended"),
        "per_second": _("Events a second"),
        "burst": _("Events at once"),
        "per_day": _("Events a day"),
        "message_kib": _("KiB per message"),
        "request_kib": _("KiB per request"),
        "origins": _("Allowed pages"),
        **{key: cast(Promise, kind.label) for key, kind in KINDS.items()},
    }
)
audit_words.VALUES["kind"].update({key: kind.label for key, kind in KINDS.items()})
audit_words.register(
    {
        "import.uploaded": {"zh": "上传了文件", "en": "uploaded the file"},
        "import.mapped": {"zh": "设置了文件的列：", "en": "set the columns of"},
        "import.started": {"zh": "开始导入", "en": "started the import of"},
        "import.done": {"zh": "导入完成：", "en": "finished the import of"},
        "import.failed": {"zh": "导入中断：", "en": "could not finish the import of"},
        "import.cancelled": {"zh": "停止了导入", "en": "stopped the import of"},
        "import.discarded": {"zh": "丢弃了文件", "en": "threw away the file"},
        "import.undo_started": {"zh": "开始撤销导入", "en": "began to undo the import of"},
        "import.undone": {"zh": "撤销了导入", "en": "undid the import of"},
        "sample.loaded": {"zh": "载入了示例数据：", "en": "loaded the sample into"},
        "sample.ready": {"zh": "示例数据就绪：", "en": "made the sample ready in"},
        "reject.replayed": {"zh": "重新发送了被拒消息", "en": "sent the refused message again:"},
        "reject.discarded": {"zh": "丢弃了被拒消息", "en": "discarded the refused message"},
        "rejects.replayed": {"zh": "批量重新发送了被拒消息：", "en": "sent many refused messages again in"},
        "rejects.discarded": {"zh": "批量丢弃了被拒消息：", "en": "discarded many refused messages in"},
        "source.limited": {"zh": "修改了来源的限制：", "en": "changed the limits of the source"},
        "source.paused": {"zh": "暂停了来源", "en": "paused the source"},
        "source.resumed": {"zh": "恢复了来源", "en": "resumed the source"},
        "tracked_event.described": {"zh": "修改了事件说明：", "en": "described the event"},
        "tracked_event.verified": {"zh": "核实了事件", "en": "verified the event"},
        "tracked_event.unverified": {"zh": "取消核实事件", "en": "took back the verification of the event"},
        "tracked_property.described": {"zh": "修改了属性说明：", "en": "described the property"},
        "tracked_property.verified": {"zh": "核实了属性", "en": "verified the property"},
        "tracked_property.unverified": {"zh": "取消核实属性", "en": "took back the verification of the property"},
        "plan.drafted": {"zh": "起草了埋点规则：", "en": "drafted the tracking plan of"},
        "plan.draft_saved": {"zh": "修改了埋点规则草稿：", "en": "changed the tracking plan draft of"},
        "plan.draft_discarded": {"zh": "放弃了埋点规则草稿：", "en": "discarded the tracking plan draft of"},
        "plan.published": {"zh": "发布了埋点规则：", "en": "published the tracking plan of"},
        "plan.exported": {"zh": "导出了埋点方案：", "en": "exported the tracking plan of"},
    }
)
