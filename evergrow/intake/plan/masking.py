"""Text without the addresses of people: emails, telephone numbers and IP addresses, wherever they stand in it."""

import hashlib
import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# %40 is the @ of an address within an address of the web. From the @ forward by expression, backward by hand: an
# expression that begins before the @ would try every character as a beginning.
AT = re.compile(r"(?:@|%40)(?P<domain>[\w\-]+(?:\.[\w\-]+)+)")
ENDS_LOCAL = frozenset('"<>()[]{},;:=&?/\\|@%，；：（）、。')
# These end a word in addresses of the web and in JSON, and may still stand in an email alone.
MAY_BE_LOCAL = frozenset("{}=&?/|%")
PHONE = re.compile(
    r"(?<![\w+.\-])(?:(?:\+|00)?86[ \-]?)?1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}(?![\w\-]|\.\d)"
    r"|(?<![\w+])\+[1-9]\d{0,2}[ \-]?(?:\(\d{1,4}\)[ \-]?)?\d(?:[ \-]?\d){5,12}(?!\w)"
)
BEFORE_IP = r"""(?:(?<=//)|(?<=[\s"'\[,(=;@])|^)"""
AFTER_IP = r"""(?=$|[\s"'\],)&:/;?}])"""
IP = re.compile(
    rf"{BEFORE_IP}(?:(?P<four>\d{{1,3}}(?:\.\d{{1,3}}){{3}}){AFTER_IP}"
    rf"|(?P<six>[0-9a-fA-F]{{0,4}}(?::[0-9a-fA-F]{{0,4}}){{2,7}}(?:(?:\.\d{{1,3}}){{3}})?)(?=$|[\s\"'\],)/&;%}}]))"
)
# Most values hold neither; these say so sooner than the expressions above.
MAY_HOLD_IP = re.compile(r"\d\.\d|:[0-9a-fA-F]*:")
MAY_HOLD_PHONE = re.compile(r"\d[\d ()\-]{6}")
HASHED = re.compile(r"(?:email|phone|value):[0-9a-f]{16}")
DIGEST = 8


@dataclass(frozen=True, slots=True)
class Masker:
    """How text is masked. ``key`` keeps a hash from being guessed back without it."""

    ip: str = "keep"
    email: str = "keep"
    phone: str = "keep"
    key: bytes = b""

    @property
    def is_idle(self) -> bool:
        return self.ip == self.email == self.phone == "keep"

    def text(self, text: str, *, with_ip: bool = True) -> str:
        """The text with everything masked that is to be masked; masking again changes nothing."""
        if self.email != "keep" and ("@" in text or "%40" in text):
            text = self._without_emails(text)
        if with_ip and self.ip != "keep" and MAY_HOLD_IP.search(text):
            text = IP.sub(self._ip, text)
        if self.phone != "keep" and MAY_HOLD_PHONE.search(text):
            text = PHONE.sub(self._phone, text)
        return text

    def hashed(self, kind: str, value: str) -> str:
        """A name that stands for a value in this workspace: the same value has the same, nobody can tell which."""
        if HASHED.fullmatch(value):
            return value
        digest = hashlib.blake2b(value.strip().lower().encode("utf-8", "replace"), key=self.key, digest_size=DIGEST)
        return f"{kind}:{digest.hexdigest()}"

    def _without_emails(self, text: str) -> str:
        parts, done = [], 0
        for found in AT.finditer(text):
            start = found.start()
            while start > done and not (text[start - 1].isspace() or text[start - 1] in ENDS_LOCAL):
                start -= 1
            if start == found.start() and start > done and text[start - 1] in MAY_BE_LOCAL:
                start -= 1
            local = text[start : found.start()]
            if local:
                parts += [text[done:start], self._email(local, found)]
                done = found.end()
        return "".join([*parts, text[done:]])

    def _email(self, local: str, found: re.Match[str]) -> str:
        if self.email == "hash":
            return self.hashed("email", f"{local}@{found['domain']}")
        return f"{local[0]}***{found[0]}"

    def _phone(self, found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found[0])
        if self.phone == "hash":
            return self.hashed("phone", digits)
        return f"{digits[:3]}****{digits[-2:]}"

    def _ip(self, found: re.Match[str]) -> str:
        try:
            address = ip_address(found[0])
        except ValueError:
            return found[0]
        return "" if self.ip == "drop" else truncated(address)


def truncated(address: IPv4Address | IPv6Address) -> str:
    """The network of an address: its first 24 of 32, or 48 of 128 bits."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    bits = 24 if isinstance(mapped or address, IPv4Address) else 48
    return str(ip_network(f"{mapped or address}/{bits}", strict=False).network_address)


def covered(value: str) -> str:
    """A whole value made unreadable: an email keeps its domain, anything else its first character."""
    local, at, domain = value.partition("@")
    if at and local and "." in domain:
        return f"{local[0]}***@{domain.rpartition('@')[2]}"
    return f"{value[:1]}***" if value else value
