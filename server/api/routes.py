"""The list of JSON routes."""

from flask import Blueprint

from server.api import coverage, form, health, recap, register, session, sync
from server.downloads import routes as downloads

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.routes,
    session.routes,
    form.routes,
    coverage.routes,
    recap.routes,
    register.routes,
    sync.routes,
    downloads.routes,
)
