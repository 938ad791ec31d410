"""What the audit trail calls what is done in this room."""

from evergrow.workspaces import audit_words

audit_words.register(
    {
        "scorecard.created": {"zh": "创建了评分卡", "en": "created the scorecard"},
        "scorecard.draft_started": {"zh": "打开了评分卡草稿：", "en": "opened a draft of"},
        "scorecard.draft_saved": {"zh": "保存了评分卡草稿：", "en": "saved the draft of"},
        "scorecard.draft_discarded": {"zh": "丢弃了评分卡草稿：", "en": "discarded the draft of"},
        "scorecard.published": {"zh": "发布了评分卡", "en": "published the scorecard"},
        "backtest.requested": {"zh": "启动了评分卡回测：", "en": "started a back-test:"},
        "backtest.stopped": {"zh": "停止了评分卡回测：", "en": "stopped a back-test:"},
        "health.recompute_requested": {"zh": "要求重新计算健康度：", "en": "asked to compute the health again of"},
    }
)
