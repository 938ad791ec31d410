"""What the sample's colleagues write: each in their own language, by their name."""

import re

from evergrow.lib.bilingual import Name
from evergrow.success.models import StepKind
from evergrow.workspaces.models import Member

HAN = re.compile(r"[\u4e00-\u9fff]")
EVIDENCE: dict[str, tuple[Name, ...]] = {
    StepKind.TASK: (
        {
            "en": "One team stopped after a re-organisation; the others use it as before.",
            "zh": "只有一个团队在组织调整后停用，其他团队照常使用。",
        },
        {
            "en": "Checked against the usage report and agreed with sales and expert.",
            "zh": "已对照使用报告核实，并与销售、专家商定。",
        },
        {
            "en": "One cause, three actions, looked at again at the end of the month.",
            "zh": "一个原因、三项行动，月底再看结果。",
        },
    ),
    StepKind.CALL: (
        {
            "en": "Two key users left, and the new ones were never trained.",
            "zh": "两位骨干离职，接手的人没有接受过培训。",
        },
        {
            "en": "They want the report by department before they roll it out further.",
            "zh": "对方希望先有分部门报表，再继续推广。",
        },
        {"en": "Content. Asked for an earlier date for the review.", "zh": "整体满意，希望把复盘会提前。"},
    ),
    StepKind.MEETING: (
        {
            "en": "Agreed on three actions and on the number that decides.",
            "zh": "约定三项行动，以及用来判断的那个数字。",
        },
        {"en": "Their director took part; minutes sent the same day.", "zh": "对方总监参加，会议纪要当天已发出。"},
    ),
    StepKind.MESSAGE: (
        {"en": "Sent from my own mailbox, answered the same day.", "zh": "已用自己的邮箱发送，对方当天回复。"},
    ),
}
NOT_NEEDED: Name = {"en": "No concession was asked for.", "zh": "对方没有提出让步要求。"}
BROKEN_OFF: Name = {"en": "They settled the matter with their own team.", "zh": "客户内部已自行解决。"}
ASKED: Name = {"en": "The goal is reached; the account may leave go-live.", "zh": "目标已达成，可以结束上线阶段。"}
RECOVERED: Name = {"en": "Use is back since the training of the new team.", "zh": "新团队培训之后，使用已经恢复。"}
PLAN: Name = {"en": "Train the new team, then look at use by department.", "zh": "先培训新团队，再看各部门的使用情况。"}


def of(member: Member | None, words: Name) -> str:
    """Chinese where the colleague's name is, else English."""
    return words["zh" if member is not None and HAN.search(str(member)) else "en"]


def evidence(member: Member | None, kind: str, chance: int) -> str:
    """What is written down when a step of a kind is finished."""
    sentences = EVIDENCE.get(kind, EVIDENCE[StepKind.TASK])
    return of(member, sentences[chance % len(sentences)])
