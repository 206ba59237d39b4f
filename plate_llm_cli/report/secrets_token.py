"""A token without the token: how long it lives, what it may do, and what is risky about that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.report.untrusted import json_text, one_line

if TYPE_CHECKING:
    from plate_llm_cli.secrets.server.connection import Connection
    from plate_llm_cli.secrets.server.tokens import TokenFacts

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR


def warnings(facts: TokenFacts) -> list[str]:
    """What a person should know before relying on the token."""
    found = []
    if "root" in facts.policies:
        found.append("a root token may do everything: use one with the seeder's policy")
    elif facts.policies in ((), ("default",)):
        found.append("it has no policy of its own: it may read and write nothing")
    if not facts.expires:
        found.append("it never expires: who finds it has it for ever")
    elif facts.ttl < _HOUR:
        found.append(f"it expires in {duration(facts.ttl)}")
    elif facts.ttl < _DAY and not (facts.renewable and facts.period):
        found.append(f"it expires in {duration(facts.ttl)}, within a day")
    if facts.expires and not facts.renewable:
        found.append("it cannot be renewed")
    if facts.uses_left:
        found.append(f"it can be used {facts.uses_left} more times: seeding takes several a path")
    return found


def token_text(facts: TokenFacts, connection: Connection) -> str:
    """A line for each fact, then the warnings."""
    rows = [
        ("server", f"{connection.address} ({connection.origin})"),
        ("login", connection.login.method),
        ("name", facts.display_name),
        ("kind", f"{facts.kind}, orphan" if facts.orphan else facts.kind),
        ("policies", ", ".join(facts.policies)),
        ("expires", _expires(facts)),
        ("renewable", _renewable(facts)),
    ]
    lines = [f"{name:<10} {one_line(value)}" for name, value in rows if value]
    lines += [f"warning: {one_line(text)}" for text in warnings(facts)]
    return "".join(f"{line}\n" for line in lines)


def token_json(facts: TokenFacts, address: str) -> str:
    """The same for programs; times are in seconds."""
    return json_text(
        {
            "version": 1,
            "address": address,
            "kind": facts.kind,
            "display_name": facts.display_name,
            "policies": list(facts.policies),
            "ttl": facts.ttl,
            "expires": facts.expires.isoformat() if facts.expires else None,
            "renewable": facts.renewable,
            "period": facts.period,
            "uses_left": facts.uses_left or None,
            "orphan": facts.orphan,
            "warnings": warnings(facts),
        }
    )


def duration(seconds: int) -> str:
    """In the two largest units: `2 days 4 h`, `35 min`."""
    days, rest = divmod(seconds, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, 60)
    parts = [
        f"{days} day{'s' * (days != 1)}" if days else "",
        f"{hours} h" if hours else "",
        f"{minutes} min" if minutes else "",
        f"{rest} s" if rest else "",
    ]
    return " ".join([part for part in parts if part][:2]) or "0 s"


def _expires(facts: TokenFacts) -> str:
    if not facts.expires:
        return "never"
    moment = facts.expires.strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"in {duration(facts.ttl)}, {moment}"


def _renewable(facts: TokenFacts) -> str:
    if not facts.renewable:
        return "no"
    return f"yes, by {duration(facts.period)} each time" if facts.period else "yes"
