"""Who asks, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from tests.cluster.double.errors import ApiError

if TYPE_CHECKING:
    from tests.cluster.double.kinds import Resource

EVERYBODY = "admin"


@dataclass(frozen=True)
class Access:
    """One thing that somebody wants to do; `resource` has its subresource: `pods/log`."""

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""

    def described(self) -> str:
        """As a refusal says it."""
        where = f'in the namespace "{self.namespace}"' if self.namespace else "at the cluster scope"
        return f'{self.verb} resource "{self.resource}" in API group "{self.group}" {where}'


@dataclass(frozen=True)
class Rule:
    """Patterns as of `fnmatch` for who and what; `*` is anything."""

    user: str = "*"
    verb: str = "*"
    group: str = "*"
    resource: str = "*"
    namespace: str = "*"
    name: str = "*"

    def covers(self, user: str, access: Access) -> bool:
        """Whether the rule speaks of this."""
        pairs = (
            (self.user, user),
            (self.verb, access.verb),
            (self.group, access.group),
            (self.resource, access.resource),
            (self.namespace, access.namespace),
            (self.name, access.name),
        )
        return all(fnmatchcase(value, pattern) for pattern, value in pairs)


@dataclass
class Authorization:
    """Tokens and rules. Without tokens everybody is `admin`; without permits all is allowed.

    A user with at least one permit may do what the permits name and nothing else; a denial
    always wins.
    """

    tokens: dict[str, str] = field(default_factory=dict)
    permits: list[Rule] = field(default_factory=list)
    denials: list[Rule] = field(default_factory=list)
    closed: bool = False

    def user_of(self, header: str) -> str:
        """The user behind an Authorization header. Raises ApiError 401."""
        scheme, _, token = header.partition(" ")
        user = self.tokens.get(token) if scheme.lower() == "bearer" else None
        if user is None and self.closed:
            raise ApiError(401, "Unauthorized")
        return user or EVERYBODY

    def allows(self, user: str, access: Access) -> bool:
        """Whether `user` may."""
        if any(rule.covers(user, access) for rule in self.denials):
            return False
        own = [rule for rule in self.permits if fnmatchcase(user, rule.user)]
        return not own or any(rule.covers(user, access) for rule in own)

    def check(self, user: str, resource: Resource, access: Access) -> None:
        """Raises ApiError 403, in the words of a real server."""
        if self.allows(user, access):
            return
        what = f'{resource.qualified} "{access.name}"' if access.name else resource.qualified
        message = f'{what} is forbidden: User "{user}" cannot {access.described()}'
        about = {"name": access.name, "group": resource.group, "kind": resource.plural}
        raise ApiError(403, message, **about)

    def access_review(self, user: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a SelfSubjectAccessReview."""
        spec = body.get("spec") or {}
        wanted = spec.get("resourceAttributes")
        status: dict[str, Any] = {"allowed": True}
        if wanted is not None:
            parts = (wanted.get("resource", ""), wanted.get("subresource", ""))
            access = Access(
                wanted.get("verb", ""),
                wanted.get("group", ""),
                "/".join(filter(None, parts)),
                wanted.get("namespace", ""),
                wanted.get("name", ""),
            )
            allowed = self.allows(user, access)
            status = {"allowed": allowed} if allowed else {"allowed": False, "reason": ""}
        return _review("authorization.k8s.io", "SelfSubjectAccessReview", spec, status)

    def rules_review(self, user: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a SelfSubjectRulesReview."""
        spec = body.get("spec") or {}
        own = [rule for rule in self.permits if fnmatchcase(user, rule.user)]
        namespace = spec.get("namespace", "")
        here = [rule for rule in own if fnmatchcase(namespace, rule.namespace)]
        listed = [
            {"verbs": [rule.verb], "apiGroups": [rule.group], "resources": [rule.resource]}
            for rule in (here if own else [Rule()])
        ]
        status = {"resourceRules": listed, "nonResourceRules": [], "incomplete": False}
        return _review("authorization.k8s.io", "SelfSubjectRulesReview", spec, status)


def self_review(user: str) -> dict[str, Any]:
    """The answer to a SelfSubjectReview."""
    groups = ["system:authenticated"]
    status = {"userInfo": {"username": user, "groups": groups}}
    return _review("authentication.k8s.io", "SelfSubjectReview", None, status)


def _review(group: str, kind: str, spec: Any, status: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": kind, "apiVersion": f"{group}/v1"}
    body |= {"metadata": {"creationTimestamp": None}, "status": status}
    return body if spec is None else body | {"spec": spec}
