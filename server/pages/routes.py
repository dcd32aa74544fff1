"""The list of office pages."""

from flask import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = ()
