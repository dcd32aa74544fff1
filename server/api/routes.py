"""The list of JSON routes."""

from flask import Blueprint

from server.api import coverage, form, health, session

BLUEPRINTS: tuple[Blueprint, ...] = (health.routes, session.routes, form.routes, coverage.routes)
