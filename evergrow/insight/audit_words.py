"""What the audit trail calls what is done in this room."""

from evergrow.workspaces import audit_words

audit_words.register(
    {
        "event.labelled": {"zh": "命名了事件", "en": "named the event"},
        "engagement.defined": {"zh": "定义了参与度分组", "en": "defined the engagement groups"},
    }
)
