"""What the audit trail calls what is done in this room."""

from evergrow.workspaces import audit_words

audit_words.register(
    {
        "event.labelled": {"zh": "命名了事件", "en": "named the event"},
        "question.saved": {"zh": "保存了问题", "en": "saved the question"},
        "question.changed": {"zh": "保存了问题的新版本", "en": "saved a new version of the question"},
        "question.restored": {"zh": "恢复了问题的旧版本", "en": "restored an earlier version of the question"},
        "question.described": {"zh": "修改了问题的设置", "en": "changed the settings of the question"},
        "question.archived": {"zh": "归档了问题", "en": "archived the question"},
        "question.brought_back": {"zh": "取消归档了问题", "en": "brought back the question"},
        "question.pinned": {"zh": "置顶了问题", "en": "pinned the question"},
        "question.unpinned": {"zh": "取消置顶了问题", "en": "unpinned the question"},
        "engagement.defined": {"zh": "定义了参与度分组", "en": "defined the engagement groups"},
        "annotation.made": {"zh": "写了标注", "en": "wrote the annotation"},
        "annotation.changed": {"zh": "改了标注", "en": "changed the annotation"},
        "annotation.removed": {"zh": "删除了标注", "en": "removed the annotation"},
    }
)
