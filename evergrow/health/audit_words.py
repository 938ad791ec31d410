"""What the audit trail calls what is done in this room."""

from evergrow.workspaces import audit_words

audit_words.register(
    {
        "scorecard.created": {"zh": "创建了评分卡", "en": "created the scorecard"},
        "scorecard.draft_started": {"zh": "打开了评分卡草稿：", "en": "opened a draft of"},
        "scorecard.draft_saved": {"zh": "保存了评分卡草稿：", "en": "saved the draft of"},
        "scorecard.draft_discarded": {"zh": "丢弃了评分卡草稿：", "en": "discarded the draft of"},
        "scorecard.published": {"zh": "发布了评分卡", "en": "published the scorecard"},
        "exchange_rate.set": {"zh": "设定了汇率：", "en": "stated the exchange rate of"},
        "exchange_rate.forgotten": {"zh": "取消了汇率：", "en": "took away the exchange rate of"},
        "value.settings_changed": {
            "zh": "更改了生命周期价值的算法设置：",
            "en": "changed how lifetime value is reckoned in",
        },
        "value.recompute_requested": {
            "zh": "要求重新计算生命周期价值：",
            "en": "asked to compute the lifetime value again of",
        },
        "risk.configured": {"zh": "更改了流失与增购模型的设置：", "en": "changed the settings of the model of"},
        "risk.training_requested": {"zh": "要求训练模型：", "en": "asked to train the model of"},
        "risk.trained": {"zh": "训练了模型", "en": "trained the model"},
        "risk.too_few": {"zh": "数据不足，未能训练模型：", "en": "found too few data to train the model of"},
        "risk.published": {"zh": "启用了模型", "en": "put into force the model"},
        "risk.retired": {"zh": "停用了模型", "en": "retired the model"},
        "scorecard.added": {"zh": "新增了评分卡", "en": "added the scorecard"},
        "scorecard.put_away": {"zh": "停用了评分卡", "en": "put away the scorecard"},
        "scorecard.renamed": {"zh": "重命名了评分卡", "en": "renamed the scorecard"},
        "override.asked": {"zh": "申请人工设定健康度：", "en": "asked to set the score of"},
        "override.approved": {"zh": "批准了人工设定健康度：", "en": "approved setting the score of"},
        "override.refused": {"zh": "拒绝了人工设定健康度：", "en": "refused to set the score of"},
        "override.withdrawn": {"zh": "撤回了人工设定健康度的申请：", "en": "took back asking to set the score of"},
        "override.ended": {"zh": "结束了人工设定的健康度：", "en": "ended the score set by hand of"},
        "health.value_entered": {"zh": "填写了健康度指标：", "en": "entered a value for the health of"},
        "health.values_brought_in": {"zh": "批量写入了健康度指标：", "en": "brought in values for health:"},
        "backtest.requested": {"zh": "启动了评分卡回测：", "en": "started a back-test:"},
        "backtest.stopped": {"zh": "停止了评分卡回测：", "en": "stopped a back-test:"},
        "weekly.requested": {"zh": "要求立即读取本周回测：", "en": "asked to read this week's back-test now of"},
        "health.recompute_requested": {"zh": "要求重新计算健康度：", "en": "asked to compute the health again of"},
    }
)
