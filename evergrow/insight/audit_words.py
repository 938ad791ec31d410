"""What the audit trail calls what is done in this room."""

from evergrow.workspaces import audit_words

audit_words.register(
    {
        "event.labelled": {"zh": "命名了事件", "en": "named the event"},
        "annotation.made": {"zh": "写了标注", "en": "wrote the annotation"},
        "annotation.changed": {"zh": "改了标注", "en": "changed the annotation"},
        "annotation.removed": {"zh": "删除了标注", "en": "removed the annotation"},
    }
)
