"""Matomo."""

from urllib.parse import urlencode

from evergrow.intake.tests.capture.cases import RECEIVED, Case
from evergrow.intake.tests.capture.cases.snowplow import PIXEL

SITE = {"idsite": "egw_wrong", "rec": "1"}
ID = "0123456789abcdef"
PAGE = "https://a.example/x?mtm_source=mail"


def at(path: str = "/matomo.php", **fields: str) -> str:
    return f"{path}?{urlencode(SITE | fields)}"


def bulk(*requests: object, **more: object) -> dict:
    return {"requests": list(requests)} | more


CASES = [
    Case(
        "a page view, as a picture",
        at(action_name="X", url=PAGE, urlref="https://b.example/", _id=ID, uid="ma-u1", lang="de", res="800x600",
           rand="17", dimension2="pro", _cvar='{"1":["seats","3"]}', pv_id="abc"),
        messages=[{"type": "page", "event": "$page", "user": "ma-u1", "anonymous": ID, "at": RECEIVED, "properties": {
            "name": "X", "page.url": PAGE, "page.path": "/x", "page.search": "?mtm_source=mail", "page.title": "X",
            "page.referrer": "https://b.example/", "campaign.source": "mail", "locale": "de",
            "screen_resolution": "800x600", "dimension2": "pro", "seats": "3", "page_view_id": "abc"}}],
        method="GET",
        answer=PIXEL,
    ),
    Case(
        "an event of somebody without an id, without a picture",
        at("/piwik.php", e_c="shop", e_a="add", e_n="A", e_v="2.5", send_image="0"),
        messages=[{"type": "track", "event": "add", "anonymous": "visitor", "properties": {
            "category": "shop", "action": "add", "name": "A", "value": "2.5"}}],
        method="GET",
        status=204,
        answer=b"",
    ),
    Case(
        "a request as a form",
        "/matomo.php",
        form=SITE | {"cid": ID, "download": "https://a.example/a.pdf", "url": "https://a.example/a.pdf"},
        messages=[{"event": "download", "anonymous": ID}],
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        answer=PIXEL,
    ),
    Case(
        "many requests, some bad",
        "/matomo.php",
        bulk(
            urlencode(SITE | {"_id": ID}) + "&link=https://c.example/?a",
            "?" + urlencode(SITE | {"_id": ID, "search": "shoes", "search_cat": "all", "search_count": "3"}),
            "?" + urlencode(SITE | {"_id": ID, "idgoal": "4", "revenue": "9.5"}),
            "?" + urlencode(SITE | {"_id": ID, "idgoal": "0", "ec_id": "o1", "revenue": "30",
                                    "ec_items": '[["A","Shoe",["x"],30,1]]'}),
            "?" + urlencode(SITE | {"_id": ID, "idgoal": "0", "ec_items": "[]"}),
            "?" + urlencode(SITE | {"_id": ID, "c_n": "ad", "c_p": "a.png"}),
            "?" + urlencode(SITE | {"_id": ID, "c_n": "ad", "c_i": "click"}),
            SITE | {"_id": ID, "ping": "1"},
            "?idsite=1&_id=" + ID,
            "?" + urlencode(SITE | {"url": PAGE}),
            "?" + urlencode(SITE | {"_id": ID, "cdt": "2020-01-01 00:00:00"}),
            "?" + urlencode(SITE | {"_id": ID, "cdt": "yesterday"}),
            7,
        ),
        [
            {"event": "outlink", "properties": {"link": "https://c.example/?a"}},
            {"event": "search", "properties": {"keyword": "shoes", "category": "all", "count": "3"}},
            {"event": "goal", "properties": {"goal": "4", "revenue": "9.5"}},
            {"event": "order", "properties": {
                "goal": "0", "order_id": "o1", "revenue": "30",
                "items": '[{"sku":"A","name":"Shoe","category":["x"],"price":30,"quantity":1}]'}},
            {"event": "cart update"}, {"event": "content impression"}, {"event": "content interaction"},
            {"event": "ping"},
            {"code": "missing_field"}, {"code": "no_id"}, {"code": "unproven_time"}, {"code": "invalid_time"},
            {"code": "not_an_object"},
        ],
        answer={"status": "success", "tracked": 8, "invalid": 5, "invalid_indices": [8, 9, 10, 11, 12]},
    ),
    Case(
        "history, which the token proves",
        "/matomo.php",
        bulk("?" + urlencode(SITE | {"uid": "ma-u1", "cdt": "2020-01-01 00:00:00", "url": "https://a.example/"}),
             "/matomo.php?" + urlencode(SITE | {"uid": "ma-u1", "cdt": "1577836801", "url": "https://a.example/"}),
             token_auth="egw_wrong"),
        [{"type": "page", "at": 1_577_836_800_000}, {"type": "page", "at": 1_577_836_801_000}],
        answer={"status": "success", "tracked": 2, "invalid": 0},
    ),
]  # fmt: skip
