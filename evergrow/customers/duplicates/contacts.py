"""Emails, phones, personal names and web domains in the form in which they are compared."""

import re
import unicodedata

GMAIL = ("gmail.com", "googlemail.com")
# Addresses of whoever asks, not of a company.
FREE_MAIL = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "yahoo.com",
        "icloud.com",
        "me.com",
        "aol.com",
        "gmx.de",
        "web.de",
        "qq.com",
        "foxmail.com",
        "163.com",
        "126.com",
        "yeah.net",
        "sina.com",
        "sina.cn",
        "sohu.com",
        "aliyun.com",
        "139.com",
        "189.cn",
        "21cn.com",
        "proton.me",
        "protonmail.com",
        "example.com",
    ]
)


def email(text: str, *, gmail_dots: bool = True) -> str:
    """Lower case without a ``+tag``; for Gmail without dots, unless ``gmail_dots`` is false. "" for none."""
    local, at, domain = unicodedata.normalize("NFKC", text).strip().casefold().rpartition("@")
    local = local.partition("+")[0]
    if not (at and local and domain):
        return ""
    if domain in GMAIL:
        domain = "gmail.com"
        local = local.replace(".", "") if gmail_dots else local
    return f"{local}@{domain}"


def phone(text: str) -> str:
    """Digits with the country: a Chinese mobile number or a number with +86, 0086 is ``86…``. "" for too few digits.

    Without a country a number stays as it is, so that 010-8888 1234 is not taken for one of another country.
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = re.split(r"(?:ext|x|转|#)", plain, maxsplit=1, flags=re.IGNORECASE)[0]
    digits = re.sub(r"\D", "", plain)
    if plain.strip().startswith("00"):
        digits, plain = digits[2:], "+"
    if re.fullmatch(r"1[3-9]\d{9}", digits) and not plain.strip().startswith("+"):
        return f"86{digits}"
    if plain.strip().startswith("+") and digits.startswith("860") and len(digits) > 10:
        digits = "86" + digits[3:]
    if not plain.strip().startswith("+") and re.fullmatch(r"0\d{9,11}", digits):
        return f"86{digits[1:]}"
    return digits if len(digits) >= 7 and len(set(digits)) > 2 else ""


def person_name(text: str) -> str:
    """Lower case, width and accents off, the words of a Latin name in alphabetical order; "" for a single letter."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))
    words = re.findall(r"[^\W_]+", plain)
    found = "".join(words) if any("\u3400" <= sign <= "\u9fff" for sign in plain) else " ".join(sorted(words))
    return found if len(found) > 1 else ""


def domain(text: str) -> str:
    """The host without ``www.``, scheme and path; "" for free mail and what is no domain."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    host = re.sub(r"^[a-z]+://", "", plain).partition("/")[0].partition(":")[0].rpartition("@")[2]
    host = host.removeprefix("www.").rstrip(".")
    return host if "." in host and host not in FREE_MAIL else ""
