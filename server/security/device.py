"""What a phone proves: a signature over a one-time challenge by its non-extractable P-256 key (WebCrypto, raw r||s)."""

import base64
import binascii
import secrets
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.account import Device, DeviceChallenge
from models.problems import Problem

CHALLENGE_LIFETIME = timedelta(minutes=5)
SIGNATURE_BYTES = 64


def read_key(jwk: Any) -> dict[str, str] | None:
    """A public JWK reduced to what is kept; None when the phone has none.  Raises activation.device_key."""
    if jwk is None:
        return None
    try:
        kept = {name: str(jwk[name]) for name in ("kty", "crv", "x", "y")}
        _public_key(kept)
    except (TypeError, KeyError, ValueError) as error:
        raise Problem("activation.device_key") from error
    return kept


def _public_key(jwk: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    if (jwk["kty"], jwk["crv"]) != ("EC", "P-256"):
        raise ValueError(jwk["crv"])
    x, y = (int.from_bytes(_decode(jwk[name]), "big") for name in "xy")
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def make_challenge(session: Session, device_id: str, moment: datetime) -> str:
    """A new challenge for a device that exists and is not blocked."""
    device = session.get(Device, device_id)
    if device is None or device.public_key is None:
        raise Problem("device.signature")
    if device.blocked_at:
        raise Problem("device.blocked")
    session.execute(delete(DeviceChallenge).where(DeviceChallenge.expires_at <= moment))
    challenge = secrets.token_urlsafe(32)
    session.add(DeviceChallenge(id=challenge, device_id=device_id, expires_at=moment + CHALLENGE_LIFETIME))
    return challenge


def check_signature(session: Session, device_id: str, signature: str, moment: datetime) -> Device | None:
    """The device whose open challenge this signature answers, or None; the challenge is used up on success."""
    device = session.get(Device, device_id)
    if device is None or device.public_key is None:
        return None
    if device.blocked_at:
        raise Problem("device.blocked")
    open_ones = select(DeviceChallenge).where(
        DeviceChallenge.device_id == device_id, DeviceChallenge.expires_at > moment
    )
    for challenge in session.scalars(open_ones):
        if _verifies(device.public_key, signature, challenge.id):
            session.delete(challenge)
            return device
    return None


def _verifies(jwk: dict[str, Any], signature: str, challenge: str) -> bool:
    try:
        raw = _decode(signature)
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        _public_key(jwk).verify(encode_dss_signature(r, s), challenge.encode(), ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return len(raw) == SIGNATURE_BYTES


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "=" * (-len(text) % 4))
