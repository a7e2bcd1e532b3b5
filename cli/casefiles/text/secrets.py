"""The shapes of credentials: keys of providers, private keys, tokens, passwords, assignments."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Final

from casefiles.text.shapes import Shape, mixes, unglued

_ALNUM: Final = "A-Za-z0-9"

# --- keys of providers -------------------------------------------------------------------------

_PROVIDERS: Final[tuple[tuple[str, str], ...]] = (
    ("ghp_ gho_ ghu_ ghs_ ghr_", r"[A-Za-z0-9]{36,}+"),  # GitHub
    ("github_pat_", r"\w{22,}+"),
    ("glpat- gldt- glrt- glptt- glcbt-", r"[\w-]{20,}+"),  # GitLab
    ("AKIA ASIA ABIA ACCA", r"[A-Z2-7]{16}"),  # AWS access key ids
    ("xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs-", r"[A-Za-z0-9-]{10,}+"),  # Slack
    ("xapp-", r"\d-[A-Za-z0-9-]{20,}+"),
    ("hooks.slack.com/", r"(?:services|workflows|triggers)/[A-Za-z0-9+/]{40,}+"),
    ("AIza", r"[\w-]{35}(?![\w-])"),  # Google
    ("ya29.", r"[\w-]{20,}+"),
    ("GOCSPX-", r"[\w-]{28,}+"),
    ("hf_", r"[A-Za-z0-9]{30,}+"),  # Hugging Face
    ("npm_", r"[A-Za-z0-9]{36,}+"),
    ("pypi-", r"[\w-]{50,}+"),
    ("sk_live_ sk_test_ rk_live_ rk_test_", r"[A-Za-z0-9]{16,}+"),  # Stripe
    ("whsec_", r"[A-Za-z0-9+/=]{24,}+"),
    ("SG.", r"[\w-]{16,}+\.[\w-]{32,}+"),  # SendGrid
    ("SK AC", r"[0-9a-f]{32}"),  # Twilio
    ("gsk_", r"[A-Za-z0-9]{40,}+"),  # Groq
    ("xai-", r"[A-Za-z0-9]{60,}+"),
    ("pplx-", r"[A-Za-z0-9]{40,}+"),  # Perplexity
    ("r8_", r"[A-Za-z0-9]{37,}+"),  # Replicate
    ("tvly-", r"[A-Za-z0-9-]{24,}+"),  # Tavily
    ("lsv2_", r"(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),  # LangSmith
    ("dapi", r"[0-9a-f]{32}"),  # Databricks
    ("dop_v1_ doo_v1_ dor_v1_", r"[0-9a-f]{64}"),  # DigitalOcean
    ("lin_api_", r"[A-Za-z0-9]{40}"),  # Linear
    ("ntn_", r"[A-Za-z0-9]{40,}+"),  # Notion
    ("shpat_ shpca_ shppa_ shpss_", r"[0-9A-Fa-f]{32}"),  # Shopify
    ("sbp_", r"[0-9a-f]{40}"),  # Supabase
    ("hvs.", r"[\w-]{24,}+"),  # HashiCorp Vault
    ("glsa_", r"[A-Za-z0-9]{32}_[0-9a-f]{8}"),  # Grafana
    ("dckr_pat_", r"[\w-]{20,}+"),  # Docker
    ("AGE-SECRET-KEY-1", r"[A-Z0-9]{58}"),
)
"""Prefixes and what follows them, as the providers document it and as gitleaks collects it."""

_NO_WORD_IS_AS_LONG: Final = 20


def _is_random(match: re.Match[str]) -> bool:
    """Whether `sk-…` is a key and not a class name such as `sk-toggleable__control-1`."""
    runs = re.findall(r"[A-Za-z0-9]{8,}", match[0])
    return any(len(run) >= _NO_WORD_IS_AS_LONG or mixes(run) for run in runs)


def _provider_keys() -> Iterator[Shape]:
    """The table above as shapes, and `sk-…`: OpenAI, Anthropic, OpenRouter, Langfuse and others."""
    for prefixes, rest in _PROVIDERS:
        for prefix in prefixes.split():
            pattern = f"{unglued(re.escape(prefix), _ALNUM)}{rest}(?![{_ALNUM}])"
            yield Shape(kind="key", hint=prefix, expression=pattern)
    sk = unglued("sk-", _ALNUM) + r"[\w-]{20,}+"
    yield Shape(kind="key", hint="sk-", expression=sk, accept=_is_random)


# --- blocks, tokens, credentials in a URL ------------------------------------------------------

_GAP: Final = r"(?:\s|\\+[nrt])"
_PEM: Final = (
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?:[^-]++|-(?!----))*+-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    rf"|(?:{_GAP}*+[A-Za-z0-9+/=]{{40,}}+)++(?:{_GAP}++[A-Za-z0-9+/=]++)?)"
)
"""A whole block (RFC 7468, RFC 4880), or as much of a cut-off one as is still base64."""

_JWT: Final = (
    unglued("eyJ", r"\w-") + r"(?P<rest>[\w-]{8,2000}+)\.[\w-]++\.[\w-]*+(?:\.[\w-]++){0,2}+"
)


def _is_jwt(match: re.Match[str]) -> bool:
    """Whether the first part is a JOSE header: base64url of JSON with `alg` (RFC 7515, 7519)."""
    part = "eyJ" + match["rest"]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and "alg" in header


_USERINFO: Final = (
    r"://(?!\$?\{|[^/@\s]*:(?:\$\w+|\*+)@)(?P<value>[^\s/?#\"'<>\\:\[]*:[^\s/?#\"'<>\\]+)@"
)
"""`user:password` of a URL (RFC 3986, 3.2.1); not where a variable or asterisks stand for it."""

_AUTHORIZATION: Final = (
    r"authorization\\{0,15}[\"']?\s{0,3}[:=,]\s{0,3}\\{0,15}[\"'`]?"
    r"(?:(?P<scheme>basic|bearer|token|api-?key)(?:\s|%20|\+){1,3})?"
    r"(?P<value>[\w.~+/-]{8,}+=*+)(?![(\[])"
)
"""`Authorization: scheme credentials` (RFC 9110, 11.6.2), as a header, in code or in JSON."""

_BEARER: Final = r"bearer(?<!\wbearer)(?:\s|%20){1,3}(?P<value>[\w.~+/-]{12,}+=*+)"
"""A bearer token without its header (RFC 6750)."""

_SHORTEST_BARE: Final = 16


def _is_authorization(match: re.Match[str]) -> bool:
    """Whether a credential follows, and not a word such as `required` or `authentication`."""
    if match["scheme"] == "basic":  # base64 of a short pair may have no digit
        return True
    long_enough = match["scheme"] or len(match["value"]) >= _SHORTEST_BARE
    return bool(long_enough) and mixes(match["value"])


def _is_bearer(match: re.Match[str]) -> bool:
    return mixes(match["value"])


# --- assignments -------------------------------------------------------------------------------

_NAMES: Final[tuple[tuple[str, str, int], ...]] = (
    ("password", "password", 6),
    ("passwd", "password", 6),
    ("passphrase", "password", 6),
    ("pwd", "password", 6),
    ("token", "token", 12),
    ("secret", "key", 8),
    ("key", "key", 8),
)
"""What a name ends with, the kind of its value, and the fewest characters to call it a secret."""

_KEYS: Final = "api access private secret auth encryption signing account subscription master"
"""What makes a `…key` a secret one."""

_TO: Final = r"(?P<to>\\{0,15}[\"'`]?[ \t]{0,3}(?:=>|:=|[:=])[ \t]{0,3})"
_VALUE: Final = (
    r"(?P<quote>\\{0,15}[\"'`])?"
    r"(?P<value>(?(quote)(?:(?!(?P=quote))(?:\\.|[^\s\\])){SHORTEST,}+"
    r"|[^\s\"'`\\,;&<>(){}\[\]=|$]{SHORTEST,}+={0,2}))"
    r"(?(quote)(?P=quote)|(?![(){}\[\]=$\"'`]))"
)
"""Up to the quote it began with, however often that is escaped; without one, up to a separator."""

_NO_SECRETS: Final = frozenset(
    "changed correct default expired hidden incorrect invalid missing optional password redacted "
    "removed required secret string undefined".split()
)
_REFERENCE: Final = re.compile(
    r"\$[a-z_]+\d?|\$?\{.*\}|<.*>|%\(.*|\*+|x{3}.*|https?:.*"
    r"|(?:self|os|env|process|config|settings|args)\..*"
)
_PATH: Final = re.compile(r"[~.]{0,2}(?:/[\w.-]++)++/?")


def _is_set(match: re.Match[str]) -> bool:
    """Whether an assignment gives a value away, not a word, a variable, a path or an address."""
    value = match["value"]
    return not (value in _NO_SECRETS or _REFERENCE.fullmatch(value) or _PATH.fullmatch(value))


def _is_generated(match: re.Match[str]) -> bool:
    """Whether a key or token is set: `token = tokenizer` and `"token": "Hello"` are none."""
    return _is_set(match) and mixes(match["value"])


def _is_password(match: re.Match[str]) -> bool:
    """Whether a password is set: any text without spaces in quotes, without them with a digit.

    Without quotes and digit it must stand alone, as in an environment file or a query string:
    `login(password=passphrase)` is code.
    """
    if match["quote"] or any(c.isdigit() for c in match["value"]):
        return _is_set(match)
    after = match.string[match.end() : match.end() + 1]
    alone = match["to"] == "=" and (not after or after.isspace() or after == "&")
    return alone and "_" not in match["value"] and _is_set(match)


def _assignments() -> Iterator[Shape]:
    """`name = value` in code, JSON, YAML, environment files and query strings."""
    kinds_of_key = (f"(?<={word}{gap}key)" for word in _KEYS.split() for gap in ("", "[-_ ]"))
    before = {"pwd": r"(?<![a-z]pwd)", "key": f"(?:{'|'.join(kinds_of_key)})"}
    for name, kind, shortest in _NAMES:
        value = _VALUE.replace("SHORTEST", str(shortest))
        yield Shape(
            kind=kind,
            hint=name,
            expression=f"{name}{before.get(name, '')}{_TO}{value}",
            folded=True,
            accept=_is_password if kind == "password" else _is_generated,
        )


NAMED: Final[tuple[Shape, ...]] = (
    *_assignments(),
    Shape(
        kind="token",
        hint="authorization",
        expression=_AUTHORIZATION,
        folded=True,
        accept=_is_authorization,
    ),
)
"""The shapes that go by a name before the secret: in parsed JSON that is the value's key."""

SECRETS: Final[tuple[Shape, ...]] = (
    Shape(kind="private-key", hint="PRIVATE KEY", expression=_PEM),
    *_provider_keys(),
    Shape(kind="token", hint="eyJ", expression=_JWT, accept=_is_jwt),
    Shape(kind="token", hint="bearer", expression=_BEARER, folded=True, accept=_is_bearer),
    *NAMED,
    Shape(kind="password", hint="://", expression=_USERINFO),
)
"""All shapes of credentials, the more telling first."""
