"""The list of JSON routes."""

from flask import Blueprint

from server.api import conflicts, coverage, form, health, openapi, recap, records, register, session, sync
from server.downloads import routes as downloads

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.routes,
    session.routes,
    form.routes,
    openapi.routes,
    coverage.routes,
    recap.routes,
    register.routes,
    sync.routes,
    records.routes,
    conflicts.routes,
    downloads.routes,
)
