"""The door of the offices: user name and password in, and out again."""

from typing import Any, cast

from flask import Blueprint, Response, redirect, render_template, request

from models.problems import Problem
from server.api.session import sign_in
from server.errors import STATUS, WORDS
from server.pages.frame import home_of
from server.security import identity
from server.security.guard import PUBLIC, SIGNED_IN, guard
from server.transaction import write

routes = Blueprint("masuk", __name__)
HOME = "/beranda"


@routes.get("/masuk")
@guard(PUBLIC)
def form() -> Any:
    """The login form."""
    return render_template("masuk.html", next=_inside(request.args.get("next", "")))


@routes.post("/masuk")
@guard(PUBLIC)
def enter() -> Any:
    """Check the password; go where the person wanted, or say what is wrong."""
    target, username = _inside(request.form.get("next", "")), request.form.get("username", "")
    try:
        token, _ = sign_in(username, request.form.get("password", ""))
    except Problem as problem:
        if problem.code not in ("session.wrong_password", "session.throttled"):
            raise
        page = render_template(
            "masuk.html", next=target, username=username, problem=WORDS[problem.code], wait=problem.details.get("wait")
        )
        return page, STATUS[problem.code]
    return identity.set_cookie(cast("Response", redirect(target, 303)), token)


@routes.post("/keluar")
@guard(SIGNED_IN)
def leave() -> Any:
    """End the session and go to the public page."""
    with write() as session:
        identity.close_session(session, request.cookies.get(identity.cookie_name(), ""), identity.now())
    response = redirect("/", 303)
    response.delete_cookie(identity.cookie_name(), path="/", httponly=True, samesite="Strict", secure=request.is_secure)
    return response


@routes.get("/beranda")
@guard(SIGNED_IN)
def home() -> Any:
    """The first page of the person's first role that has one."""
    found = (home_of(grant) for grant in identity.current().grants)
    return redirect(next((address for address in found if address), "/"), 303)


def _inside(target: str) -> str:
    """A path of our own, or the person's first page."""
    inside = target.startswith("/") and not target.startswith(("//", "/\\", "/masuk")) and target.isprintable()
    return target if inside else HOME
