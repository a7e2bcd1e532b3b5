"""Redaction: what is found, what is left alone, and that hiding it is final.

Every secret here is made up and put together from pieces, so that scanners of this repository
have nothing to report.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.errors import BadInputError
from casefiles.text.checksums import IBAN_LENGTHS, is_card, is_iban, luhn
from casefiles.text.redact import Redactor, find, user_shapes

MIXED = "aB3dE5gH7jK9mN1pQ3sT5vW7xY9zA2cD4fG6hJ8kL0" * 6
HEX = "0a1b2c3d4e5f6789" * 8
PEM_BODY = "\n".join(["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj" + "Ab3/Cd5+Ef7gHi9jKl1mNo3p"] * 3)


def _b64url(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _pem(label: str) -> str:
    return f"-----BEGIN {label}" + f" KEY-----\n{PEM_BODY}\n-----END {label}" + " KEY-----"


JWT = f"{_b64url({'alg': 'HS256', 'typ': 'JWT'})}.{_b64url({'sub': '1'})}.{MIXED[:43]}"

KEYS = [
    "sk-" + MIXED[:48],
    "sk-" + "proj-" + MIXED[:20] + "_" + MIXED[:30] + "-" + MIXED[:40],
    "sk-" + "ant-api03-" + MIXED[:93] + "AA",
    "sk-" + "or-v1-" + HEX[:64],
    "sk-" + "lf-" + "0a1b2c3d-4e5f-6789-0a1b-2c3d4e5f6789",
    *(prefix + "_" + MIXED[:36] for prefix in ("ghp", "gho", "ghu", "ghs", "ghr")),
    "github" + "_pat_" + MIXED[:22] + "_" + MIXED[:59],
    "glpat" + "-" + MIXED[:20],
    "AKIA" + "Z7Q4ABCDEFGH2345",
    "ASIA" + "Z7Q4ABCDEFGH2345",
    "xoxb" + "-123456789012-1234567890123-" + MIXED[:24],
    "xoxp" + "-123456789012-1234567890123-" + HEX[:32],
    "xapp" + "-1-A0123456789-1234567890123-" + HEX[:64],
    "hooks.slack.com" + "/services/" + MIXED[:43],
    "AIza" + MIXED[:35],
    "ya29" + "." + MIXED[:60],
    "GOCSPX" + "-" + MIXED[:28],
    "hf_" + MIXED[:34],
    "npm_" + MIXED[:36],
    "pypi" + "-AgEIcHlwaS5vcmc" + MIXED[:80],
    "sk" + "_live_" + MIXED[:24],
    "rk" + "_test_" + MIXED[:24],
    "whsec" + "_" + MIXED[:32],
    "SG" + "." + MIXED[:22] + "." + MIXED[:43],
    "SK" + HEX[:32],
    "gsk" + "_" + MIXED[:52],
    "xai" + "-" + MIXED[:80],
    "pplx" + "-" + MIXED[:48],
    "r8" + "_" + MIXED[:37],
    "lsv2" + "_pt_" + HEX[:32] + "_" + HEX[:10],
    "dapi" + HEX[:32],
    "dop" + "_v1_" + HEX[:64],
    "lin" + "_api_" + MIXED[:40],
    "shpat" + "_" + HEX[:32],
    "hvs" + "." + MIXED[:90],
    "glsa" + "_" + MIXED[:32] + "_" + HEX[:8],
    "dckr" + "_pat_" + MIXED[:27],
]

IBANS = [
    "DE89" + " 3704 0044 0532 0130 00",
    "DE89" + "370400440532013000",
    "NO93" + " 8601 1117 947",
    "BE68" + " 5390 0754 7034",
    "GB29" + "NWBK60161331926819",
    "FR14" + " 2004 1010 0505 0001 3M02 606",
    "MT84" + "MALT011000012345MTLCAST001S",
    "BR18" + "00360305000010009795493C1",
]

CARDS = [
    "4111" + "111111111111",
    "4111" + " 1111 1111 1111",
    "5555" + "-5555-5555-4444",
    "2223" + "003122003222",
    "3782" + " 822463 10005",
    "3056" + " 930902 5904",
    "6011" + "111111111117",
    "3530" + "111333300000",
    "6200" + "000000000005",
]

PHONES = [
    "+49" + " 151 12345678",
    "+1" + " (415) 555-0123",
    "+1" + "4155550123",
    "+44" + " (0)20 7946 0958",
    "+33" + " 6 12 34 56 78",
    "+55" + " 11 9 1234-5678",
    "+47" + "-123-45-678",
    "(415)" + " 555-0123",
    "415" + "-555-0123",
    "415" + ".555.0123",
    "1-800" + "-555-0199",
    "01" + " 42 68 53 00",
    "0151" + " 12345678",
    "030" + "/1234567",
    "(020)" + " 7946 0958",
]

EMAILS = [
    "ana" + "@example.com",
    "Ana.Lopez+shop" + "@mail.example.co.uk",
    "jörg_99" + "@müller.de",
    "a" + "@b.io",
    "ana" + "%40example.com",
]

FOUND = [
    *(("key", key) for key in KEYS),
    *(("iban", iban) for iban in IBANS),
    *(("card", card) for card in CARDS),
    *(("phone", phone) for phone in PHONES),
    *(("email", email) for email in EMAILS),
    ("token", JWT),
    ("private-key", _pem("PRIVATE")),
    ("private-key", _pem("RSA PRIVATE")),
    ("private-key", _pem("OPENSSH PRIVATE")),
]

ASSIGNED = [
    ("password", 'password = "{}"', "correct-horse"),
    ("password", "'password': '{}'", "hunter"),
    ("password", '"db_password": "{}",', "Tr0ub4dor&3"),
    ("password", "password: {}", "hunter2hunter2"),
    ("password", "DB_PASSWORD={}\nNEXT=1", "correcthorse"),
    ("password", "Server=db;Uid=sa;Pwd={};", "S3cretPw"),
    ("password", "userPassword => '{}'", "hunter"),
    ("password", r"{{\"password\": \"{}\"}}", "hunter"),
    ("password", r"{{\\\"password\\\": \\\"{}\\\"}}", "hunter"),
    ("password", '"password": "{}"', r"a\"b\\cdef"),
    ("password", "password='{}'", "$ecret-123"),
    ("password", "password='{}'", "*2secret<"),
    ("password", "https://{}@example.com/x", "ana:pass1"),
    ("password", "postgres://{}@db:5432/shop", "app:p@ss:w0rd"),
    ("key", 'api_key = "{}"', "0123456789abcdef"),
    ("key", "apiKey: '{}'", "a1b2c3d4"),
    ("key", "X-Api-Key: {}", HEX[:32]),
    ("key", "aws_secret_access_key={}", MIXED[:38] + "+/"),
    ("key", "client_secret: {}", "abcd-1234-efgh"),
    ("key", "AccountKey={};EndpointSuffix", MIXED[:86] + "=="),
    ("token", "access_token={}&expires=3600", "abcdef123456"),
    ("token", '"refresh_token" : "{}"', "1//0abcdef-ghi_jkl"),
    ("token", "Authorization: Bearer {}", "abc123.def-456_"),
    ("token", "authorization: Basic {}", "dXNlcjpwYXNz"),
    ("token", '"Authorization": "Token {}"', HEX[:40]),
    ("token", "Authorization: {}", HEX[:40]),
    ("token", "curl -H 'authorization:bearer {}' x", MIXED[:30] + "=="),
    ("token", "sent with bearer {}, again", MIXED[:30]),
]

LEFT_ALONE = [
    "order 4155550123 and 1234567890123456",
    "order #415-555-0123",
    "order 113-5551234-1234567",
    "credit_card_4421486, gift_card_8887175, certificate_7504069",
    "reservation ZFA04Y on HAT136",
    "ISBN 978-3-16-148410-0, ISBN 0-306-40615-2, 9780306406157",
    "550e8400-e29b-41d4-a716-446655440000",
    "41555501-2345-4789-8234-123456789012",
    "01234567-0123-4123-8123-012345678901",
    "2024-05-15T15:00:00+02:00 2024-05-15 15:00:00.123456 20240515150000",
    "+2024-05-15 10 items were added",
    "01.02.2024 10:30, 01/02/2024 1030, 01-02-2024 103000",
    "05 2024-05-15",
    "1715785200 1715785200123 1715785200123456789",
    "192.168.100.200, 255.255.255.255, 010.020.030.040",
    "2001:db8::8a2e:370:7334",
    "v1.2.3, 10.0.19041.1234, 3.11.0rc1+20240515",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "$1,234,567.89 and 1 234 567 890 EUR and 1.234.567,89 and 0.0035475000000000003",
    "0.4111111111111111 and 4111111111111111.5",
    "4111" + "111111111112",
    "1111" + "111111111117",
    "https://example.com/feature/" + "4111" + "111111111111",
    "00 01 02 03 04 05 06 07, 01 02 03 04 05 06 07 08",
    "DE00" + " 3704 0044 0532 0130 00",
    "DE89" + " 3704 0044 0532 0130",
    "HTTP200OK AB12CD34EF56",
    "sk-learn, sk-toggleable__control sk-estimator-doc-link-hover-1 sk-container-id-12",
    "risk-" + MIXED[:30] + " task-" + MIXED[:30],
    "hf_hub_download_with_a_long_name_indeed npm_config_registry",
    "@dataclass(frozen=True) @app.route('/x') x @ y lodash@4.17.21 icon@2x.png",
    "git@github.com:owner/repository.git user@localhost",
    "eyJ" + "hello.world.again",
    _b64url({"typ": "none"}) + "." + _b64url({"sub": 1}) + "." + MIXED[:20],
    "max_tokens: 4096, total_tokens=123456789, token = tokenizer, token_type: bearer",
    '{"token": "Hello", "logprob": -0.1}, {"token": " antidisestablishment"}',
    "password: required, password is incorrect, password = get_password1(), password=None",
    '"password": "string", "secret": "santa claus", "token": ""',
    "login(password=passphrase) and login(password=self.password1)",
    "password='$PASSWORD', password='{{ password_1 }}', password='<yours-1>', password='******'",
    "api_key = os.environ['OPENAI_KEY_1'], api_key=${API_KEY_1}, api_key: <your-key-1>",
    "secret: /run/secrets/db1, PWD=/home/ana/project1",
    "monkey = 'abcdefgh12345678', primary_key: abcdefgh12345678",
    "Authorization: required; bearer authentication; the bearer of bad news",
    "http://localhost:8080/a@b, http://example.com:80",
    "https://user:$PASSWORD@example.com, https://user:****@example.com",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
]

SNIPPETS = [
    *(secret for _, secret in FOUND),
    *(form.format(secret) for _, form, secret in ASSIGNED),
    *LEFT_ALONE,
    *(
        "[email-1]",
        "[key-2]",
        "[",
        "]",
        "@",
        "sk-",
        " ",
        "\n",
        "\\n",
        "\\",
        '"',
        "'",
        "-",
        "0",
        ".",
    ),
    *("password=", '"token": "', "Bearer ", "://", "+49", "\0", "İ", "[own-1]", "é", "%20"),
]


def _values(text: str) -> list[tuple[str, str]]:
    return [(finding.kind, text[finding.start : finding.end]) for finding in find(text)]


@pytest.mark.parametrize(("kind", "secret"), FOUND)
@pytest.mark.parametrize(
    "around", ["{}", "it is {}, he said", '"{}"', "({})", "<{}>", "x:\t{}\ny", "see {}."]
)
def test_finds_exactly_the_secret_in_running_text(kind: str, secret: str, around: str) -> None:
    """Punctuation, brackets and line ends around a secret are neither part of it nor in its way."""
    assert _values(around.format(secret)) == [(kind, secret)]


@pytest.mark.parametrize(("kind", "secret"), FOUND)
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_finds_secrets_in_json_inside_json(kind: str, secret: str, depth: int) -> None:
    """After an escaped line end a secret is found, and the JSON is still valid when it is gone."""
    text = f"dear all,\n{secret}\nbye"
    for _ in range(depth):
        text = json.dumps({"reply": text}, ensure_ascii=False)
    clean: Any = Redactor().text(text)
    for _ in range(depth):
        clean = json.loads(clean)["reply"]
    assert clean == f"dear all,\n[{kind}-1]\nbye"


@pytest.mark.parametrize(("kind", "form", "secret"), ASSIGNED)
def test_hides_the_value_of_an_assignment_and_keeps_its_name(
    kind: str, form: str, secret: str
) -> None:
    """Only what was assigned goes: names, quotes, schemes, hosts and what follows stay."""
    assert _values(form.format(secret)) == [(kind, secret)]
    assert Redactor().text(form.format(secret)) == form.format(f"[{kind}-1]")


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_leaves_alone_what_only_looks_like_a_secret(text: str) -> None:
    """Orders, books, ids, times, addresses, prices, versions, hashes, code and prose stay."""
    assert _values(text) == []


def test_hides_what_is_left_of_a_private_key_that_was_cut_off() -> None:
    """A block without its end is hidden as far as it is base64; a mere mention is not."""
    cut = _pem("RSA PRIVATE").split("\n-----END")[0][:-7]
    assert Redactor().text(f"{cut} … and so on") == "[private-key-1] … and so on"
    assert _values("the line -----BEGIN PRIVATE" + " KEY----- starts it") == []


def test_luhn_and_mod_97_tell_numbers_with_one_wrong_digit() -> None:
    """Both checks refuse every card and account in which one digit was changed."""
    for card in ("".join(filter(str.isalnum, card)) for card in CARDS):
        assert luhn(card)
        assert is_card(card)
        assert not any(luhn(card[:-1] + d) for d in "0123456789" if d != card[-1])
    for iban in ("".join(filter(str.isalnum, iban)) for iban in IBANS):
        assert is_iban(iban)
        assert not is_iban(iban[:2] + f"{(int(iban[2:4]) + 1) % 97:02}" + iban[4:])


def test_a_card_needs_an_issuer_and_its_length() -> None:
    """A right check digit is not enough: the prefix must be an issuer's, the length its own."""
    assert luhn("1234567812345670")
    assert not is_card("1234567812345670")
    fourteen = next(n for n in (f"4111111111111{d}" for d in range(10)) if luhn(n))
    assert not is_card(fourteen)


def test_each_country_has_one_iban_length() -> None:
    """No country stands twice in the table, and lengths are those ISO 13616 allows."""
    countries = " ".join(IBAN_LENGTHS.values()).split()
    assert len(countries) == len(set(countries)) > 80
    assert all(15 <= length <= 34 for length in IBAN_LENGTHS)


def test_the_same_value_has_the_same_number_within_one_redactor() -> None:
    """Numbers count per kind from 1, however a number or address is spelt, over all its texts."""
    ana, ben = "ana" + "@example.com", "ben" + "@example.com"
    redactor = Redactor()
    assert (
        redactor.text(f"{ana} to {ben}, cc {ana.upper()}") == "[email-1] to [email-2], cc [email-1]"
    )
    assert redactor.text(f"{ben}: {CARDS[0]}") == "[email-2]: [card-1]"
    assert redactor.text(f"{CARDS[1]} {KEYS[0]}") == "[card-1] [key-1]"
    assert redactor.counts == {"email": 2, "card": 1, "key": 1}
    assert Redactor().text(ben) == "[email-1]"


def test_a_number_that_stands_in_the_text_already_is_not_given_again() -> None:
    """A log redacted elsewhere keeps its placeholders, and new values get other numbers."""
    redactor = Redactor()
    assert (
        redactor.text("[email-1] wrote to ben" + "@example.com") == "[email-1] wrote to [email-2]"
    )
    assert redactor.counts == {"email": 1}


def test_the_leftmost_and_longest_finding_wins() -> None:
    """A user name and password before a host are one finding, not an address of e-mail."""
    assert _values("ftp://ana:pw1" + "@example.com") == [("password", "ana:pw1")]
    assert _values("token=" + KEYS[0]) == [("key", KEYS[0])]
    assert _values("Authorization: Bearer " + JWT) == [("token", JWT)]


def test_user_patterns_have_their_own_kind_and_come_first() -> None:
    """A pattern of the workspace names its findings, and outranks ours on the same characters."""
    patterns = {"booking": r"\b[A-Z]{3}\d{3}\b", "staff": r"\w+@acme\.example"}
    redactor = Redactor(patterns)
    assert redactor.text("ABC123 for ana" + "@acme.example, ABC123") == (
        "[booking-1] for [staff-1], [booking-1]"
    )
    assert redactor.counts == {"booking": 1, "staff": 1}
    assert [f.kind for f in find("ABC123", user_shapes(patterns))] == ["booking"]
    assert Redactor({"seat": r"seat (?P<value>\d+\w)"}).text("seat 12C") == "seat [seat-1]"


@pytest.mark.parametrize(
    ("name", "pattern"), [("broken", "(unclosed"), ("no good]", "x"), ("", "x")]
)
def test_a_bad_user_pattern_is_named(name: str, pattern: str) -> None:
    """What cannot be compiled or shown stops the command, and the message says which it is."""
    with pytest.raises(BadInputError) as caught:
        Redactor({name: pattern})
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize("pattern", ["", "x*", r"\d", r"\[", ".+", "(?s).", r"(?P<value>)a"])
def test_a_greedy_or_empty_user_pattern_ends(pattern: str) -> None:
    """Empty matches are ignored and placeholders are not eaten, whatever the pattern."""
    text = "a1 [own-1] x\n[email-2] 22 [key]"
    clean = Redactor({"own": pattern}).text(text)
    assert Redactor({"own": pattern}).text(clean) == clean
    assert "[own-1]" in clean
    assert "[email-2]" in clean


def test_json_is_redacted_in_keys_values_and_by_the_name_of_a_key() -> None:
    """Parsed JSON hides as much as its text would: keys, deep values, and what a key gives away."""
    ana = "ana" + "@example.com"
    value = {
        ana: [1, 2.5, None, True, f"from {ana}"],
        "login": {"password": "hunter", "note": "hunter", "Api-Key": "abcd1234"},
        "headers": {"Authorization": "Bearer " + HEX[:20], "x": ("a", KEYS[0])},
        "tokens": 12345,
        "quoted_password": "it's\"odd",
        "password": "[password-1]",
        7: "seven",
    }
    redactor = Redactor()
    assert redactor.json(value) == {
        "[email-1]": [1, 2.5, None, True, "from [email-1]"],
        "login": {"password": "[password-1]", "note": "hunter", "Api-Key": "[key-1]"},
        "headers": {"Authorization": "Bearer [token-1]", "x": ["a", "[key-2]"]},
        "tokens": 12345,
        "quoted_password": "[password-2]",
        "password": "[password-1]",
        7: "seven",
    }
    assert value["login"] == {"password": "hunter", "note": "hunter", "Api-Key": "abcd1234"}


def test_json_loses_no_entry_when_two_keys_become_one() -> None:
    """Two spellings of one address stay two entries, in their order."""
    value = {"ana" + "@example.com": 1, "Ana" + "@example.com": 2, "[email-1]": 3}
    clean = Redactor().json(value)
    assert list(clean.values()) == [1, 2, 3]
    assert len(clean) == 3


def test_json_may_be_deeper_than_the_call_stack() -> None:
    """Trace data nested a hundred thousand levels deep is walked without recursion."""
    value: Any = "ana" + "@example.com"
    for _ in range(50_000):
        value = [{"a": value}]
    clean: Any = Redactor().json(value)
    for _ in range(50_000):
        clean = clean[0]["a"]
    assert clean == "[email-1]"


@given(st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=5), max_size=12))
def test_redaction_is_final(parts: list[str]) -> None:
    """Nothing is found in redacted text, and redacting it again changes nothing."""
    clean = Redactor({"own": r"ZFA\w+"}).text("".join(parts))
    assert find(clean, user_shapes({"own": r"ZFA\w+"})) == ()
    assert Redactor({"own": r"ZFA\w+"}).text(clean) == clean


@given(st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=5), max_size=12))
def test_findings_are_ordered_apart_and_inside_the_text(parts: list[str]) -> None:
    """Findings are never empty, never overlap, and lie within the text from left to right."""
    text = "".join(parts)
    end = 0
    for finding in find(text):
        assert end <= finding.start < finding.end <= len(text)
        end = finding.end


JSON = st.recursive(
    st.none() | st.integers() | st.sampled_from(SNIPPETS) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["password", "token", "a", *EMAILS]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_redacted_json_has_the_same_shape_and_is_final(value: Any) -> None:
    """Containers keep their sizes and order, other scalars their value; a second pass is idle."""
    clean = Redactor().json(value)
    assert _shape(clean) == _shape(value)
    assert Redactor().json(clean) == clean


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return [_shape(child) for child in value.values()]
    if isinstance(value, list):
        return [[_shape(child) for child in value]]
    return "text" if isinstance(value, str) else value


@given(st.lists(st.sampled_from([s for _, s in FOUND] + LEFT_ALONE) | st.text(max_size=4)))
def test_redacting_the_text_of_json_leaves_it_json(strings: list[str]) -> None:
    """Escapes are never cut in two, so that raw files can be redacted as they are."""
    text = json.dumps([s for s in strings if "-----BEGIN" not in s])
    clean = json.loads(Redactor().text(text))
    assert len(clean) == len([s for s in strings if "-----BEGIN" not in s])


HOSTILE = {
    "local part": "a" * 100_000 + "@",
    "dots": "." * 100_000 + "@",
    "domain": "a@" + "b." * 50_000,
    "addresses": "a@b.cc" * 20_000,
    "percent": "a%40" * 30_000,
    "sk": "sk-" * 50_000,
    "digits": "4" * 100_000,
    "zeros": "0 1 " * 30_000,
    "pairs": "01 " * 33_000,
    "plus": "+2 3" * 30_000,
    "cards": ("4111" + " 1111 1111 1111 ") * 5_000,
    "bad cards": "4111 1111 1111 1112 " * 5_000,
    "phones": ("415" + "-555-0123-") * 8_000,
    "ibans": "DE89 " * 20_000,
    "jwt": "eyJ" * 30_000,
    "jwt parts": "eyJaaaaaaaaaa." * 10_000,
    "pem begins": ("-----BEGIN PRIVATE" + " KEY-----") * 10_000,
    "pem lines": ("-----BEGIN PRIVATE" + " KEY-----\n" + "A" * 39) * 3_000,
    "pem slashes": "-----BEGIN PRIVATE" + " KEY-----" + "\\" * 100_000,
    "userinfo": "://a:" * 50_000,
    "no host": "://a:" + "b" * 100_000,
    "bearer": "bearer " * 30_000,
    "assignments": "password=" * 20_000,
    "quotes": 'password="' * 20_000,
    "mixed quotes": "password=\"x token='y secret=`z " * 5_000,
    "escapes": "password=" + "\\" * 50_000 + '"' + "\\" * 50_000,
    "escaped quotes": 'password=\\"' * 20_000,
    "newlines": "\\n" * 50_000 + "@",
    "unicode escapes": "\\u0041" * 20_000 + "@",
    "placeholders": "[email-1]" * 10_000,
    "hidden": 'password="[email-1]"' * 5_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_linear_time(name: str) -> None:
    """Text made to trip regular expressions takes a fraction of a second, as any other does."""
    start = time.process_time()
    Redactor().text(HOSTILE[name])
    assert time.process_time() - start < 2


@pytest.mark.parametrize("glue", ["", " ", ":", "_", "=", "(", "/", "-"])
def test_rows_of_glued_secrets_take_few_passes(glue: str) -> None:
    """Hiding one secret of a row does not uncover only its neighbour: the row goes at once."""
    text = "\n".join((secret + glue) * 60 for _, secret in FOUND if "\n" not in secret)
    passes = 0
    while found := find(text):
        for finding in reversed(found):
            text = f"{text[: finding.start]}[{finding.kind}-1]{text[finding.end :]}"
        passes += 1
    assert 0 < passes < 12


def test_a_megabyte_of_ordinary_text_is_fast() -> None:
    """A long trace with tokens, passwords, links and times in its prose is no reason to wait."""
    line = (
        "At 10:42 the agent said: your token and password (see https://x.org/a?b=1) are 42, @me. "
    )
    text = (line * 12_000)[:1_000_000]
    start = time.process_time()
    assert Redactor().text(text) == text
    assert time.process_time() - start < 1
