"""Where webhooks may go, and how they are signed."""

from typing import Any

import pytest

from evergrow.success.engine.sending import hosts, signing


@pytest.mark.once
@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.1.2.3/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fd00::1]/",
        "https://0.0.0.0/",
        "https://100.64.0.1/",
        "https://2130706433/",
        "http://example.com/",
        "https://user:secret@example.com/",
        "ftp://example.com/",
        "https:///nowhere",
    ],
)
def test_private_addresses_are_refused(url: str, settings: Any) -> None:
    settings.WEBHOOK_HOSTS = frozenset()
    with pytest.raises(hosts.Forbidden):
        hosts.address(url)


@pytest.mark.once
def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the Standard Webhooks libraries."""
    secret, message_id, stamp = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    made = signing.headers(secret, message_id, stamp, b'{"test": 2432232314}')
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
