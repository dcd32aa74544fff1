"""Makes the application: read it as a list."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, g
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix

from models.database import db, engine_options, prepare
from server.api import routes as api_routes
from server.compress import compress
from server.config import Config, from_environment, load_keyring
from server.errors import register_errors
from server.pages import routes as page_routes
from server.security.guard import PUBLIC, check_guard, guard
from server.security.headers import add_headers, check_origin

log = logging.getLogger(__name__)
MAX_BODY = 16 * 1024 * 1024


def utc_now() -> datetime:
    """The clock outside tests."""
    return datetime.now(UTC)


def create_app(config: Config | None = None, clock: Callable[[], datetime] = utc_now) -> Flask:
    """The WSGI application on one database; nothing is created or changed in it."""
    config = config or from_environment()
    app = Flask("server", static_folder="static", template_folder="templates")
    app.config.update(
        DAWIS=config,
        CLOCK=clock,
        KEYRING=load_keyring(config),
        MAX_CONTENT_LENGTH=MAX_BODY,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.database_url),
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    if config.trust_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    register_errors(app)
    app.before_request(check_origin)
    app.before_request(check_guard)
    app.after_request(add_headers)
    app.after_request(compress)
    app.teardown_request(_forget)
    for blueprint in (*api_routes.BLUEPRINTS, *page_routes.BLUEPRINTS):
        app.register_blueprint(blueprint)
    app.view_functions["static"] = guard(PUBLIC)(app.view_functions["static"])
    return app


def _forget(_error: BaseException | None) -> None:
    """Nothing of one request is seen by the next, also where an outer application context stays open."""
    try:
        db.session.remove()
    except DBAPIError:
        log.warning("the connection was lost before the request ended", exc_info=True)
        lost = db.session()
        db.session.registry.clear()
        lost.invalidate()
    g.pop("caller", None)
