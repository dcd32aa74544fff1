"""Every route declares who may use it; a route without a declaration answers nobody.

``@guard(PUBLIC)`` anybody; ``@guard(SIGNED_IN)`` anybody signed in; ``@guard("admin_desa", area="code")`` a person with
that role over the area whose code is the route's argument ``code`` (the view gets the ``Area`` as ``area``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, current_app, request

from models.database import db
from models.problems import Problem
from models.territory import Area, area_by_code
from server.security import identity

PUBLIC = "*public"
SIGNED_IN = "*signed-in"
View = Callable[..., Any]


@dataclass(frozen=True)
class Rule:
    """Who may use a route: role names, and the argument that names the area they must cover."""

    roles: frozenset[str]
    area: str | None

    @property
    def is_public(self) -> bool:
        """Whether nobody needs to sign in."""
        return PUBLIC in self.roles


def guard(*roles: str, area: str | None = None) -> Callable[[View], View]:
    """Declare a route's guard."""
    rule = Rule(frozenset(roles), area)

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: Any) -> Any:
            if rule.area:
                arguments["area"] = _covered(rule, arguments.pop(rule.area))
            return view(**arguments)

        guarded.guard_rule = rule  # type: ignore[attr-defined]
        return guarded

    return declare


def _covered(rule: Rule, code: str) -> Area:
    area = area_by_code(db.session(), code)
    if area is None:
        raise Problem("area.unknown", area=code)
    if not (rule.is_public or SIGNED_IN in rule.roles) and not identity.current().reaches(area, rule.roles):
        raise Problem("session.forbidden")
    return area


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """The declared guard of an endpoint."""
    return getattr(app.view_functions.get(endpoint), "guard_rule", None)


def check_guard() -> None:
    """Before each request: the route has a guard and the caller passes it."""
    if request.endpoint is None:
        return
    rule = rule_of(current_app, request.endpoint)
    if rule is None:
        raise Problem("session.forbidden")
    if rule.is_public:
        return
    caller = identity.current()
    if SIGNED_IN not in rule.roles and not caller.roles & rule.roles:
        raise Problem("session.forbidden")
