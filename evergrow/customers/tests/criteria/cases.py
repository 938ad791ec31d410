"""The shared table of cases: criteria with the people or accounts who meet them, worked out by hand.

Wednesday 25 March 2026, noon in Shanghai. The stage is small so that an answer can be read off it:

=======  ========  =====  ==========  ================  ==========================  ===========  =======
person   title     score  born        trial_ends        tags                        fan          account
=======  ========  =====  ==========  ================  ==========================  ===========  =======
1 Ann    CEO       10     1990-03-25  2026-03-24T16:00Z ["a", "b"]                  true         1 (decides, key)
2 Ben    VP Ops    7      1988-04-01  2026-03-24T15:59Z ["b"]                       false        1 (uses)
3 Cui    经理      –      2000-02-29  2026-04-24        –                           –            2 (decides)
4 Dee    –         2.5    –           2026-02-24        ["a"]                       true         2, left today
5 Eve    ceo       "07"   1995-12-31  –                 "a"                         –            –
6 merged into 1
=======  ========  =====  ==========  ================  ==========================  ===========  =======

Account 1 Kite: mrr 100, plan Pro, renews 25 March (today); 2 Nova: mrr 0, plan "", renews 23 June (in 90 days);
3 Orb: mrr 250, plan pro, no renewal day, nobody there. Nova stands below Kite, Orb below Nova. Account 4 was merged
into Kite and 5 lies in the trash: nobody asks about them.

Events (Shanghai time; a = account):
- login: 1 on 25 March 09:00 (a1), 1 on 24 March 00:00 (a1), 6 (who is 1 now) on 23 February 23:59:59.999 (a1),
  2 on 24 February 00:00 (a1), 3 on 1 March (a2), 3 on 2 March (a2), 3 on 3 March (a2)
- order: 1 on 20 March, amount 10 (a1); 1 on 21 March, amount 5.5 (a1); 2 on 22 March, amount "many" (a1);
  4 on 25 March 12:00 sharp, amount -3, plan Pro (a2); 5 on 25 March 13:00, in the future, amount 100
- export: 2 on 22 March at the very moment of their order (a1); 3 on 10 March (a2)
"""

from typing import Any

ALL = [1, 2, 3, 4, 5]
D30 = {"days": 30}


def trait(name: str, **test: Any) -> dict[str, Any]:
    return {"trait": name, **named(test)}


def named(test: dict[str, Any]) -> dict[str, Any]:
    """``is_`` is ``is``, which Python keeps for itself."""
    return {key.rstrip("_"): value for key, value in test.items()}


def did(event: str, **more: Any) -> dict[str, Any]:
    return {"did": event, **more}


def measured(event: str, op: str, of: Any, **more: Any) -> dict[str, Any]:
    return {"did": event, "measure": {op: of}, **more}


def where(key: str, **test: Any) -> list[dict[str, Any]]:
    return [{"property": key, **named(test)}]


Cases = list[tuple[Any, list[int]]]
PEOPLE: Cases = [
    # Everyone, groups
    (None, ALL),
    ({}, ALL),
    ({"all": []}, ALL),
    ({"not": {"all": []}}, []),
    ({"all": [trait("title", is_set=True), trait("fan", is_set=True)]}, [1, 2]),
    ({"any": [trait("title", is_set=False), trait("score", is_=0)]}, [4]),
    ({"not": trait("title", is_set=True)}, [4]),
    ({"not": {"not": trait("title", is_set=True)}}, [1, 2, 3, 5]),
    ({"all": [{"not": trait("fan", is_=True)}, {"not": trait("title", is_="经理")}]}, [2, 5]),
    ({"any": [{"not": trait("fan", is_=True)}, trait("title", is_="CEO")]}, [1, 2, 3, 5]),
    ({"any": [{"not": trait("fan", is_=True)}, {"not": trait("title", is_="CEO")}]}, [2, 3, 4, 5]),
    ({"not": {"any": [trait("fan", is_=True), trait("fan", is_=False)]}}, [3, 5]),
    ({"all": [{"any": [trait("score", over=5), trait("fan", is_=True)]}, trait("title", is_set=True)]}, [1, 2, 5]),
    # Texts
    (trait("title", is_="CEO"), [1]),
    (trait("title", is_=["CEO", "经理"]), [1, 3]),
    (trait("title", is_="ceo"), [5]),
    (trait("title", is_not="CEO"), [2, 3, 4, 5]),
    (trait("title", is_not=["CEO", "ceo"]), [2, 3, 4]),
    (trait("title", is_not="CEO", and_set=True), [2, 3, 5]),
    (trait("title", is_="CEO", or_unset=True), [1, 4]),
    (trait("title", contains="ce"), [1, 5]),
    (trait("title", contains=["ops", "理"]), [2, 3]),
    (trait("title", not_contains="ce"), [2, 3, 4]),
    (trait("title", not_contains="ce", and_set=True), [2, 3]),
    (trait("title", contains="ce", or_unset=True), [1, 4, 5]),
    (trait("title", starts_with="v"), [2]),
    (trait("title", starts_with="经"), [3]),
    (trait("title", ends_with=["ops", "o"]), [1, 2, 5]),
    (trait("title", matches="^[A-Z]+$"), [1]),
    (trait("title", matches="(?i)^ceo$"), [1, 5]),
    (trait("title", matches="理|Ops"), [2, 3]),
    (trait("title", matches=r"\s"), [2]),
    (trait("title", is_set=True), [1, 2, 3, 5]),
    (trait("title", is_set=False), [4]),
    (trait("nothing", is_set=True), []),
    (trait("nothing", is_set=False), ALL),
    (trait("nothing", is_not="x"), ALL),
    (trait("nothing", is_="x"), []),
    (trait("nothing", is_not="x", and_set=True), []),
    (trait("nothing", is_="x", or_unset=True), ALL),
    (trait("name", starts_with=["a", "b"]), [1, 2]),
    # Numbers, and texts that read as one
    (trait("score", is_=7), [2, 5]),
    (trait("score", is_="7"), [2]),
    (trait("score", is_="07"), [5]),
    (trait("score", is_=[7, 10]), [1, 2, 5]),
    (trait("score", is_=7.0), [2, 5]),
    (trait("score", is_not=7), [1, 3, 4]),
    (trait("score", is_not=7, and_set=True), [1, 4]),
    (trait("score", over=7), [1]),
    (trait("score", at_least=7), [1, 2, 5]),
    (trait("score", under=7), [4]),
    (trait("score", at_most=7), [2, 4, 5]),
    (trait("score", at_most="7"), [2, 4, 5]),
    (trait("score", between=[2.5, 7]), [2, 4, 5]),
    (trait("score", between=[8, 9]), []),
    (trait("score", under=7, or_unset=True), [3, 4]),
    (trait("score", contains="7"), [2, 5]),
    (trait("score", is_set=True), [1, 2, 4, 5]),
    (trait("title", over=0), []),
    (trait("born", over=0), []),
    (trait("fan", over=0), []),
    # Truths
    (trait("fan", is_=True), [1, 4]),
    (trait("fan", is_=False), [2]),
    (trait("fan", is_not=True), [2, 3, 5]),
    (trait("fan", is_="true"), [1, 4]),
    (trait("is_anonymous", is_=True), [4]),
    (trait("is_anonymous", is_=False), [1, 2, 3, 5]),
    # Lists; a single value is a list of one
    (trait("tags", has_any=["a"]), [1, 4, 5]),
    (trait("tags", has_any=["a", "b"]), [1, 2, 4, 5]),
    (trait("tags", has_all=["a", "b"]), [1]),
    (trait("tags", has_all=["a"]), [1, 4, 5]),
    (trait("tags", has_none=["a"]), [2, 3]),
    (trait("tags", has_none=["a"], and_set=True), [2]),
    (trait("tags", has_any="c"), []),
    (trait("tags", has_none="c"), ALL),
    (trait("tags", is_set=False), [3]),
    # Days: today is 25 March 2026
    (trait("born", before="1990-03-25"), [2]),
    (trait("born", after="1990-03-25"), [3, 5]),
    (trait("born", on="1990-03-25"), [1]),
    (trait("born", between=["1988-04-01", "1990-03-25"]), [1, 2]),
    (trait("born", before="1990-03-25", or_unset=True), [2, 4]),
    (trait("born", anniversary_in={"days": 1}), [1]),
    (trait("born", anniversary_in={"days": 6}), [1]),
    (trait("born", anniversary_in={"days": 7}), [1, 2]),
    (trait("born", anniversary_in={"weeks": 1}), [1, 2]),
    (trait("born", anniversary_in={"months": 10}), [1, 2, 5]),
    (trait("born", anniversary_in={"months": 11}), [1, 2, 5]),
    (trait("born", anniversary_in={"days": 340}), [1, 2, 3, 5]),
    # 24 March 16:00 UTC is midnight of the 25th in Shanghai; a second earlier it is the 24th
    (trait("trial_ends", on="2026-03-25"), [1]),
    (trait("trial_ends", on="2026-03-24"), [2]),
    (trait("trial_ends", on={"ago": 0}), [1]),
    (trait("trial_ends", on={"ago": 1}), [2]),
    (trait("trial_ends", before={"ago": 0}), [2, 4]),
    (trait("trial_ends", after={"ago": 0}), [3]),
    (trait("trial_ends", before={"ago": 28}), [4]),
    (trait("trial_ends", before={"ago": 29}), []),
    (trait("trial_ends", on={"ago": 29}), [4]),
    (trait("trial_ends", on={"ahead": 30}), [3]),
    (trait("trial_ends", before={"ahead": 30}), [1, 2, 4]),
    (trait("trial_ends", before={"ahead": 31}), [1, 2, 3, 4]),
    (trait("trial_ends", on={"ago": 1, "unit": "working_days"}), [2]),
    (trait("trial_ends", after={"ago": 1, "unit": "weeks"}), [1, 2, 3]),
    (trait("trial_ends", after={"ago": 1, "unit": "months"}), [1, 2, 3]),
    (trait("trial_ends", in_last={"days": 1}), [1]),
    (trait("trial_ends", in_last={"days": 2}), [1, 2]),
    (trait("trial_ends", in_last={"days": 29}), [1, 2]),
    (trait("trial_ends", in_last={"days": 30}), [1, 2, 4]),
    (trait("trial_ends", in_last={"working_days": 1}), [1]),
    (trait("trial_ends", in_last={"working_days": 2}), [1, 2]),
    (trait("trial_ends", in_last={"months": 1}), [1, 2]),
    (trait("trial_ends", in_next={"days": 29}), [1]),
    (trait("trial_ends", in_next={"days": 30}), [1, 3]),
    (trait("trial_ends", in_next={"months": 1}), [1, 3]),
    (trait("trial_ends", between=["2026-02-24", "2026-03-24"]), [2, 4]),
    (trait("trial_ends", between=[{"ago": 1}, {"ahead": 30}]), [1, 2, 3]),
    (trait("title", before="2026-03-25"), []),
    (trait("score", in_last={"days": 3000}), []),
    # Did, did not; the last 30 days are 24 February to today
    (did("login"), [1, 2, 3]),
    (did("nothing"), []),
    (did("*"), ALL),
    (did("login", within=D30), [1, 2, 3]),
    (did("login", within={"days": 29}), [1, 3]),
    (did("login", within={"days": 1}), [1]),
    (did("login", within={"days": 2}), [1]),
    (did("login", within={"hours": 3}), [1]),
    (did("login", within={"hours": 2}), []),
    (did("order", within={"hours": 1}), [4]),
    (did("order", within={"days": 1}), [4, 5]),
    (did("login", within={"weeks": 3}), [1]),
    (did("login", within={"weeks": 4}), [1, 3]),
    (did("login", within={"months": 1}), [1, 3]),
    (did("login", within={"working_days": 1}), [1]),
    (did("login", within={"working_days": 17}), [1, 3]),
    (did("login", within={"from": "2026-02-23", "to": "2026-02-23"}), [1]),
    (did("login", within={"from": "2026-02-24", "to": "2026-02-24"}), [2]),
    (did("login", within={"from": "2026-03-25"}), [1]),
    (did("login", within={"to": "2026-02-24"}), [1, 2]),
    (did("login", within={"before": "2026-02-24"}), [1]),
    (did("login", within={"from": {"ago": 30}, "to": {"ago": 29}}), [1, 2]),
    (did("login", within={"from": {"ago": 29}, "before": {"ago": 28}}), [2]),
    (did("login", within={"from": "2030-01-01"}), []),
    (did("login", within={"before": "1960-01-01"}), []),
    ({"did_not": "login"}, [4, 5]),
    ({"did_not": "login", "within": D30}, [4, 5]),
    ({"did_not": "login", "within": {"days": 2}}, [2, 3, 4, 5]),
    ({"did_not": "login", "within": {"hours": 3}}, [2, 3, 4, 5]),
    ({"did_not": "*"}, []),
    ({"did_not": "nothing"}, ALL),
    ({"not": {"did_not": "login"}}, [1, 2, 3]),
    # How often
    (did("login", times=3), [1, 3]),
    (did("login", times={"at_least": 2}), [1, 3]),
    (did("login", times={"at_least": 2}, within={"days": 2}), [1]),
    (did("login", times={"at_least": 3}, within=D30), [3]),
    (did("login", times={"over": 2}), [1, 3]),
    (did("login", times={"over": 0}), [1, 2, 3]),
    (did("login", times={"at_least": 0}), ALL),
    (did("login", times={"exactly": 1}), [2]),
    (did("login", times={"exactly": 0}), [4, 5]),
    (did("login", times={"at_most": 1}), [2, 4, 5]),
    (did("login", times={"at_most": 0}), [4, 5]),
    (did("login", times={"under": 3}), [2, 4, 5]),
    (did("login", times={"under": 1}), [4, 5]),
    (did("login", times={"between": [1, 2]}), [2]),
    (did("login", times={"between": [0, 1]}), [2, 4, 5]),
    (did("login", times={"between": [0, 0]}), [4, 5]),
    (did("*", times={"at_least": 3}), [1, 2, 3]),
    # Properties of events
    (did("order", where=where("amount", over=5)), [1, 5]),
    (did("order", where=where("amount", at_least=5.5), times=2), [1]),
    (did("order", where=where("amount", under=0)), [4]),
    (did("order", where=where("amount", is_=10)), [1]),
    (did("order", where=where("amount", is_="many")), [2]),
    (did("order", where=where("amount", is_not="many")), [1, 4, 5]),
    (did("order", where=where("plan", is_="Pro")), [4]),
    (did("order", where=where("plan", is_not="Pro")), [1, 2, 5]),
    (did("order", where=where("plan", is_not="Pro", and_set=True)), []),
    (did("order", where=where("plan", is_="pro")), []),
    (did("order", where=where("plan", contains="pr")), [4]),
    (did("order", where=where("plan", contains="pr", or_unset=True)), [1, 2, 4, 5]),
    (did("order", where=where("plan", is_set=True)), [4]),
    (did("order", where=where("plan", is_set=False)), [1, 2, 5]),
    (did("order", where=where("amount", between=[5, 10])), [1]),
    (did("order", where=where("amount", matches="^[a-z]")), [2]),
    (did("order", where=[*where("amount", over=1), *where("amount", under=50)]), [1]),
    ({"did_not": "order", "where": where("amount", over=5)}, [2, 3, 4]),
    (did("order", where=where("amount", over=5), times={"at_most": 1}), [2, 3, 4, 5]),
    # Measures
    (measured("order", "sum", "amount", at_least=15.5), [1, 5]),
    (measured("order", "sum", "amount", exactly=15.5), [1]),
    (measured("order", "sum", "amount", under=1), [2, 3, 4]),
    (measured("order", "sum", "amount", at_most=0), [2, 3, 4]),
    (measured("order", "sum", "amount", over=0, within={"days": 5}), [1, 5]),
    (measured("order", "sum", "amount", exactly=5.5, within={"days": 5}), [1]),
    (measured("order", "avg", "amount", exactly=7.75), [1]),
    (measured("order", "avg", "amount", under=1000), [1, 4, 5]),
    (measured("order", "min", "amount", at_most=5.5), [1, 4]),
    (measured("order", "max", "amount", over=9), [1, 5]),
    (measured("order", "max", "amount", between=[-5, 10]), [1, 4]),
    (measured("order", "unique", "amount", at_least=2), [1]),
    (measured("order", "unique", "amount", exactly=1), [2, 4, 5]),
    (measured("order", "unique", "amount", at_most=1), [2, 3, 4, 5]),
    (measured("login", "days", True, at_least=3), [1, 3]),
    (measured("login", "days", True, under=1), [4, 5]),
    (measured("*", "days", True, at_least=4), [1, 3]),
    # The first time, stopping
    ({"first": "login", "within": D30}, [2, 3]),
    ({"first": "login", "within": {"from": "2026-02-23", "to": "2026-02-23"}}, [1]),
    ({"first": "order", "within": {"days": 5}}, [2, 4, 5]),
    ({"first": "order", "within": {"hours": 1}}, [4]),
    ({"first": "order", "within": {"days": 5}, "where": where("amount", over=0)}, [5]),
    ({"first": "login", "within": {"before": "2026-03-01"}}, [1, 2]),
    ({"stopped": "login", "for": {"days": 14}}, [2, 3]),
    ({"stopped": "login", "for": {"days": 22}}, [2, 3]),
    ({"stopped": "login", "for": {"days": 23}}, [2]),
    ({"stopped": "login", "for": {"days": 25}}, [2]),
    ({"stopped": "login", "for": {"days": 14}, "after": {"times": 2}}, [3]),
    ({"stopped": "login", "for": {"days": 14}, "after": {"times": 3, "within": {"days": 11}}}, [3]),
    ({"stopped": "login", "for": {"days": 14}, "after": {"times": 3, "within": {"days": 10}}}, []),
    ({"stopped": "login", "for": {"days": 1}}, [2, 3]),
    ({"stopped": "order", "for": {"days": 3}, "where": where("amount", over=1)}, [1]),
    # Sequences; at the same moment any order will do
    ({"sequence": [did("login"), did("order")]}, [1, 2]),
    ({"sequence": [did("order"), did("login")]}, [1]),
    ({"sequence": [did("order"), did("export")]}, [2]),
    ({"sequence": [did("export"), did("order")]}, [2]),
    ({"sequence": [did("login"), did("login")]}, [1, 3]),
    ({"sequence": [did("login"), did("login")], "gap": {"hours": 24}}, [3]),
    ({"sequence": [did("login"), did("login")], "gap": {"hours": 33}}, [1, 3]),
    ({"sequence": [did("login"), did("login")], "gap": {"hours": 32}}, [3]),
    ({"sequence": [did("login"), did("login"), did("login")]}, [1, 3]),
    ({"sequence": [did("login"), did("login"), did("login")], "gap": {"days": 1}}, [3]),
    ({"sequence": [did("login"), did("order"), did("login")]}, [1]),
    ({"sequence": [did("login"), did("export")], "gap": {"weeks": 1}}, [3]),
    ({"sequence": [did("login"), did("export")], "gap": {"days": 6}}, []),
    ({"sequence": [did("login"), did("order")], "within": {"days": 10}}, []),
    ({"sequence": [did("*"), did("order", where=where("amount", is_="5.5"))]}, [1]),
    ({"sequence": [did("*"), did("*"), did("*"), did("*")]}, [1, 3]),
    # At an account
    ({"account": {}}, [1, 2, 3]),
    ({"account": trait("mrr", over=50)}, [1, 2]),
    ({"account": trait("mrr", over=50), "role": "decides"}, [1]),
    ({"account": {}, "role": "key"}, [1]),
    ({"not": {"account": {}}}, [4, 5]),
    ({"account": did("export")}, [1, 2, 3]),
    ({"account": {"people": "any", "who": trait("title", is_="经理")}}, [3]),
]
ACCOUNTS: Cases = [
    (None, [1, 2, 3]),
    (trait("mrr", over=50), [1, 3]),
    (trait("mrr", is_=0), [2]),
    (trait("mrr", is_="100"), [1]),
    (trait("plan", is_="Pro"), [1]),
    (trait("plan", contains="PRO"), [1, 3]),
    (trait("plan", is_set=False), [2]),
    (trait("plan", is_not="Pro"), [2, 3]),
    (trait("renews_on", in_next={"days": 89}), [1]),
    (trait("renews_on", in_next={"days": 90}), [1, 2]),
    (trait("renews_on", in_last={"days": 1}), [1]),
    (trait("renews_on", after={"ago": 0}), [2]),
    (trait("renews_on", before={"ahead": 90}, or_unset=True), [1, 3]),
    (trait("owner", is_set=True), []),
    (trait("parent", is_set=True), [2, 3]),
    (trait("parent", is_set=False), [1]),
    (trait("parent", is_="Kite"), [2]),
    (trait("parent", is_not="Kite"), [1, 3]),
    (trait("parent_id", is_="2"), [3]),
    (trait("ancestors", has_any="1"), [2, 3]),
    (trait("ancestors", has_any=["2", "9"]), [3]),
    (trait("ancestors", has_none="2"), [1, 2]),
    (trait("ancestors", has_all=["1", "2"]), [3]),
    (trait("ancestors", is_set=False), [1]),
    ({"all": [trait("ancestors", has_any="1"), {"not": trait("parent", is_="Kite")}]}, [3]),
    (did("login"), [1, 2]),
    ({"did_not": "login"}, [3]),
    (did("login", times={"at_least": 4}), [1]),
    (did("login", within={"days": 2}), [1]),
    (measured("order", "sum", "amount", over=0), [1]),
    (measured("order", "sum", "amount", at_most=0), [2, 3]),
    ({"stopped": "login", "for": {"days": 14}}, [2]),
    ({"first": "export", "within": {"days": 10}}, [1]),
    ({"sequence": [did("login"), did("export")]}, [1, 2]),
    ({"people": "any"}, [1, 2]),
    ({"people": "none"}, [3]),
    ({"people": "all"}, [1, 2]),
    ({"people": {"at_least": 2}}, [1]),
    ({"people": "any", "who": trait("title", contains="ceo")}, [1]),
    ({"people": "all", "who": trait("title", contains="ceo")}, []),
    ({"people": "all", "who": trait("title", is_set=True)}, [1, 2]),
    ({"people": "none", "who": trait("title", contains="ceo")}, [2, 3]),
    ({"people": {"at_least": 2}, "who": did("login")}, [1]),
    ({"people": "any", "who": {"did_not": "order"}}, [2]),
    ({"people": "any", "role": "decides"}, [1, 2]),
    ({"people": "any", "role": "uses"}, [1]),
    ({"people": "any", "role": "key", "who": trait("fan", is_=True)}, [1]),
    ({"people": "none", "role": "uses"}, [2, 3]),
    ({"not": {"people": "any"}}, [3]),
    ({"all": [trait("mrr", over=50), {"not": {"people": "any"}}]}, [3]),
]
