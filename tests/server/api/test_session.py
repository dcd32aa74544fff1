import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from models.territory import area_by_code
from server.invitations import invite_kader
from server.transaction import write
from tests.builders import DESA


def invite(app, clock):
    with write() as session:
        return invite_kader(session, app.config["KEYRING"], area_by_code(session, f"{DESA}/D001"), clock())


def b64(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def new_key():
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    return key, {"kty": "EC", "crv": "P-256", "x": b64(numbers.x), "y": b64(numbers.y), "ext": True}


def sign(key, text: str) -> str:
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(SHA256())))
    return base64.urlsafe_b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()


def post(client, path, **body):
    return client.post(path, json=body, headers={"X-Dawis": "1"})


def test_activate__typed_code__binds_device_and_sets_cookie(app, world, clock):
    invited, client = invite(app, clock), app.test_client()
    answer = post(client, "/api/session/activate", code=invited.code.lower(), device={"name": "HP Siti"})
    assert answer.status_code == 200
    assert answer.json["roles"] == [{"role": "kader", "area": f"{DESA}/D001", "name": "Melati 1", "level": "dasawisma"}]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert client.get("/api/session").json["device"] == answer.json["device"]


def test_activate__https__host_cookie(app, world, clock):
    answer = app.test_client().post(
        "/api/session/activate",
        json={"code": invite(app, clock).code},
        headers={"X-Dawis": "1"},
        base_url="https://dawis.test",
    )
    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_activate__secret_of_the_qr__works_once(app, world, clock):
    invited = invite(app, clock)
    assert post(app.test_client(), "/api/session/activate", code=invited.secret).status_code == 200
    again = post(app.test_client(), "/api/session/activate", code=invited.code)
    assert (again.status_code, again.json["code"]) == (410, "activation.used")


def test_activate__expired_code_used_twice__gone_both_times(app, world, clock):
    invited = invite(app, clock)
    clock.forward(days=8)
    for _ in range(2):
        answer = post(app.test_client(), "/api/session/activate", code=invited.code)
        assert (answer.status_code, answer.json["code"]) == (410, "activation.expired")


def test_activate__unknown_code_or_shape__said_in_words(app, world):
    client = app.test_client()
    assert post(client, "/api/session/activate", code="AAAAAAAA").json["code"] == "activation.unknown"
    assert post(client, "/api/session/activate", code=7).status_code == 400
    assert client.post("/api/session/activate", data=b"{", headers={"X-Dawis": "1"}).status_code == 400


def test_activate__bad_device_key__refused_and_code_still_good(app, world, clock):
    invited, client = invite(app, clock), app.test_client()
    bad = post(
        client,
        "/api/session/activate",
        code=invited.code,
        device={"name": "x", "key": {"kty": "EC", "crv": "P-384", "x": "", "y": ""}},
    )
    assert bad.json["code"] == "activation.device_key"
    assert post(client, "/api/session/activate", code=invited.code).status_code == 200


def test_renew__signed_challenge__new_cookie_and_challenge_used_up(app, world, clock):
    key, jwk = new_key()
    client = app.test_client()
    device = post(
        client, "/api/session/activate", code=invite(app, clock).code, device={"name": "HP", "key": jwk}
    ).json["device"]
    other = app.test_client()
    challenge = post(other, "/api/session/challenge", device=device).json["challenge"]
    assert post(other, "/api/session/renew", device=device, signature="AAAA").status_code == 401
    signature = sign(key, challenge)
    assert post(other, "/api/session/renew", device=device, signature=signature).status_code == 200
    assert other.get("/api/session").status_code == 200
    assert (
        post(app.test_client(), "/api/session/renew", device=device, signature=signature).json["code"]
        == "device.signature"
    )


def test_changing_request__foreign_or_no_origin__refused(app, world):
    client = app.test_client()
    for headers in ({}, {"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site", "X-Dawis": "1"}):
        answer = client.post("/api/session/login", json={}, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (403, "request.foreign_origin")
    assert client.post("/api/session/login", json={}, headers={"Origin": "http://localhost"}).status_code == 401


def test_session__ended_or_old__not_signed_in(app, world, sign_in, clock):
    client = sign_in(world.person["siti"])
    assert client.get("/api/session").json["name"] == "Siti"
    client.post("/api/session/logout")
    assert client.get("/api/session").status_code == 401
    client = sign_in(world.person["siti"])
    clock.forward(days=31)
    assert client.get("/api/session").json["code"] == "session.none"
