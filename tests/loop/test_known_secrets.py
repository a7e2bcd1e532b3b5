"""Secrets that settings and environment name."""

from __future__ import annotations

from casefiles.documents.targets import Command, Http, Model, Plugin
from casefiles.loop.known_secrets import secret_patterns
from casefiles.text.redact import Redactor

ENVIRONMENT = {
    "SHOP_TOKEN": "hunter two+(x",
    "ACCESS": "letmein-7",
    "HOME": "/home/ana",
    "TENANT": "acme-corp",
    "API_KEY": "short",
}


def test_variables_and_settings_that_say_so_are_hidden() -> None:
    """By their own name, or by what they are used for; a value too short for that is not."""
    target = Http(
        name="web",
        url="http://x",
        headers={
            "Authorization": "Bearer $ACCESS",
            "X-Api-Key": "written-down",
            "X-Tenant": "$TENANT",
            "Cookie": "{session_id}",
        },
        body={"auth": {"password": "deep-inside"}, "list": [{"secret": "x-in-a-list"}]},
    )

    patterns = secret_patterns(target, ENVIRONMENT)

    text = "hunter two+(x letmein-7 /home/ana acme-corp short written-down deep-inside x-in-a-list"
    assert Redactor(patterns).text(text) == (
        "[env-SHOP_TOKEN-1] [env-ACCESS-1] /home/ana acme-corp short [setting-X-Api-Key-1] "
        "[setting-password-1] [setting-secret-1]"
    )


def test_every_kind_of_target_may_have_them() -> None:
    """Environment of a command, options of a model, settings of a plugin."""
    command = Command(name="a", command=("x",), env={"MY_KEY": "$ACCESS", "OTHER": "$TENANT"})
    model = Model(name="b", model="x/y", options={"api_key": "sk-written", "max_tokens": 5})
    plugin = Plugin(name="c", plugin="x", settings={"token": "from-a-plugin"})

    found = [set(secret_patterns(target, ENVIRONMENT)) for target in (command, model, plugin)]

    assert found == [
        {"env-SHOP_TOKEN", "env-ACCESS"},
        {"env-SHOP_TOKEN", "setting-api_key"},
        {"env-SHOP_TOKEN", "setting-token"},
    ]
