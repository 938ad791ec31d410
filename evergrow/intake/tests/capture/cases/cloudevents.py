"""CloudEvents."""

from evergrow.intake.tests.capture.cases import RECEIVED, SEGMENT_SAYS, Case

PATH = "/v1/cloudevents"
EVENT = {"specversion": "1.0", "id": "e1", "source": "/crm", "type": "com.acme.invoice.paid"}

CASES = [
    Case(
        "an event",
        PATH,
        EVENT | {"subject": "ce-u1", "time": "2026-03-25T03:59:00Z", "dataschema": "https://a.example/invoice",
                 "datacontenttype": "application/json", "accountid": "ce-c1", "traceparent": "00-1",
                 "data": {"amount": 30, "currency": "EUR"}},
        [{"type": "track", "event": "com.acme.invoice.paid", "message_id": "/crm e1", "user": "ce-u1",
          "group": "ce-c1", "at": RECEIVED - 60_000, "properties": {
              "amount": "30", "currency": "EUR", "source": "/crm", "dataschema": "https://a.example/invoice",
              "traceparent": "00-1"}}],
        headers={"Content-Type": "application/cloudevents+json; charset=utf-8"},
        answer=SEGMENT_SAYS,
    ),
    Case(
        "a batch, of which some are none",
        PATH,
        [EVENT | {"id": "e2", "groupid": "ce-c1", "data": "text"}, EVENT | {"id": "e3"}, EVENT | {"id": ""},
         {"id": "e4", "source": "/crm", "type": "x", "subject": "ce-u1"}, 7],
        [{"user": "", "anonymous": "", "group": "ce-c1", "properties": {"data": "text", "source": "/crm"}},
         {"code": "no_id"}, {"code": "missing_field"}, {"code": "missing_field"}, {"code": "not_an_object"}],
        headers={"Content-Type": "application/cloudevents-batch+json"},
        answer=SEGMENT_SAYS,
    ),
    Case(
        "an event in headers",
        PATH,
        {"amount": 30},
        [{"event": "com.acme.paid", "message_id": "/crm e5", "user": "Euro €", "group": "ce-c1",
          "at": RECEIVED - 60_000, "properties": {"amount": "30", "source": "/crm"}}],
        headers={"Content-Type": "application/json", "ce-specversion": "1.0", "ce-id": "e5", "ce-source": "/crm",
                 "ce-type": "com.acme.paid", "ce-subject": "Euro%20%E2%82%AC", "ce-time": "2026-03-25T03:59:00Z",
                 "ce-accountid": "ce-c1"},
    ),
]  # fmt: skip
