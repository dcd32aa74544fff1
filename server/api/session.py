"""Activation of a phone, renewal by its key, office login, leaving, and who am I."""

import uuid
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from sqlalchemy.orm import Session

from models.account import Device, Person
from models.database import db
from models.problems import Problem
from models.territory import Area, ServerState
from server.api.body import json_object
from server.invitations import open_name, redeem
from server.security import identity
from server.security.device import check_signature, make_challenge, read_key
from server.security.guard import PUBLIC, SIGNED_IN, guard
from server.security.password import check_password
from server.transaction import write

routes = Blueprint("session", __name__, url_prefix="/api/session")


@routes.post("/activate")
@guard(PUBLIC)
def activate() -> Any:
    """``{"code","device":{"name","key"}}`` -> a device bound to the invited person, and the cookie."""
    body = json_object(request)
    given = body.get("device") or {}
    if not isinstance(given, dict) or not isinstance(body.get("code"), str):
        raise Problem("request.unreadable", reason="code")
    key = read_key(given.get("key"))
    moment, keyring = identity.now(), current_app.config["KEYRING"]
    with write() as session:
        person_id = redeem(session, keyring, body["code"], moment)
        device = Device(
            id=str(uuid.uuid4()),
            person_id=person_id,
            name=str(given.get("name") or "HP")[:80],
            public_key=key,
            created_at=moment,
        )
        session.add(device)
        session.flush()
        token = identity.open_session(session, person_id, device.id, moment)
        answer = describe(session, person_id, device.id)
    return identity.set_cookie(jsonify(answer), token)


@routes.post("/challenge")
@guard(PUBLIC)
def challenge() -> Any:
    """``{"device"}`` -> ``{"challenge"}`` to sign with the device's key."""
    with write() as session:
        text = make_challenge(session, str(json_object(request).get("device")), identity.now())
    return jsonify(challenge=text)


@routes.post("/renew")
@guard(PUBLIC)
def renew() -> Any:
    """``{"device","signature"}`` (ECDSA P-256 over the challenge, base64url of r||s) -> a new cookie."""
    body, moment = json_object(request), identity.now()
    with write() as session:
        device = check_signature(session, str(body.get("device")), str(body.get("signature", "")), moment)
        if device is None:
            raise Problem("device.signature")
        token = identity.open_session(session, device.person_id, device.id, moment)
        answer = describe(session, device.person_id, device.id)
    return identity.set_cookie(jsonify(answer), token)


@routes.post("/login")
@guard(PUBLIC)
def login() -> Any:
    """``{"username","password"}`` of an office account -> the cookie."""
    body = json_object(request)
    token, answer = sign_in(str(body.get("username", "")), str(body.get("password", "")))
    return identity.set_cookie(jsonify(answer), token)


def sign_in(username: str, password: str) -> tuple[str, dict[str, Any]]:
    """Check a password and open a session; raises session.wrong_password or session.throttled."""
    moment = identity.now()
    with write() as session:
        found = check_password(session, username, password, moment)
        if not isinstance(found, Problem):
            token = identity.open_session(session, found, None, moment)
            return token, describe(session, found, None)
    raise found


@routes.post("/logout")
@guard(SIGNED_IN)
def logout() -> Any:
    """End this session; nothing on the phone is deleted by it."""
    with write() as session:
        identity.close_session(session, request.cookies.get(identity.cookie_name(), ""), identity.now())
    response = jsonify(ended=True)
    response.delete_cookie(identity.cookie_name(), path="/", httponly=True, samesite="Strict", secure=request.is_secure)
    return response


@routes.get("")
@guard(SIGNED_IN)
def who_am_i() -> Any:
    """The caller: person, device, name, roles with areas."""
    caller = identity.current()
    return jsonify(describe(db.session(), caller.person_id, caller.device_id))


def describe(session: Session, person_id: int, device_id: str | None) -> dict[str, Any]:
    """What the app needs to know of its person."""
    person, state = session.get_one(Person, person_id), session.get(ServerState, 1)
    roles = []
    for grant in identity.grants_of(session, person_id, identity.now()):
        area = session.get_one(Area, grant.area_id)
        roles.append({"role": grant.role, "area": area.code, "name": area.name, "level": area.level})
    return {
        "person": person_id,
        "device": device_id,
        "name": open_name(current_app.config["KEYRING"], person.name),
        "roles": roles,
        "demo": person.is_demo,
        "epoch": state.epoch if state else None,
    }
