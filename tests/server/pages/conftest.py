"""Browsers: clients that take pages, signed in or not."""

import pytest


@pytest.fixture
def browser(app):
    """A browser nobody signed in with."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


@pytest.fixture
def sign_in(sign_in):
    """``sign_in(person_id)`` -> a browser carrying that person's session."""

    def make(person_id, device_id=None):
        client = sign_in(person_id, device_id)
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        return client

    return make
