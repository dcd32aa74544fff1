"""The list of office pages."""

from flask import Blueprint

from server.pages import books, frame, masuk, phone, unduhan
from server.pages.desa import decisions, doors, history, kader, register_desk
from server.pages.desa import front as desa
from server.pages.kabupaten import front as kabupaten
from server.pages.publik import front as publik

BLUEPRINTS: tuple[Blueprint, ...] = (
    frame.routes,
    masuk.routes,
    phone.routes,
    publik.routes,
    kabupaten.routes,
    desa.routes,
    doors.routes,
    history.routes,
    kader.routes,
    decisions.routes,
    register_desk.routes,
    books.routes,
    unduhan.routes,
)
