"""The worker under a real gunicorn: a connection is served on, and idle ones take no thread from anybody."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from server import worker
from tests.journeys.server import free_port

THREADS = 2
APP = """
import os, sys, threading
from gunicorn.app.base import BaseApplication

class App(BaseApplication):
    def load_config(self):
        for name, value in dict(bind=f"127.0.0.1:{sys.argv[1]}", threads=2, worker_class="server.worker.LingeringWorker").items():
            self.cfg.set(name, value)
    def load(self):
        def app(environ, start):
            body = environ["wsgi.input"].read() + threading.current_thread().name.encode()
            start("200 OK", [("Content-Length", str(len(body)))])
            return [body]
        return app

App().run()
"""


@pytest.fixture
def port():
    number = free_port()
    served = subprocess.Popen([sys.executable, "-c", APP, str(number)])
    wait_until_open(number)
    yield number
    served.send_signal(signal.SIGTERM)
    assert served.wait(20) == 0


def wait_until_open(port: int) -> None:
    for _ in range(200):
        try:
            return ask(http.client.HTTPConnection("127.0.0.1", port), b"")[:0] or None
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("never opened")


def ask(connection: http.client.HTTPConnection, body: bytes) -> bytes:
    connection.request("POST", "/", body=body)
    return connection.getresponse().read()


def test_thread__listens_only_to_who_speaks_and_while_nobody_waits():
    near, far = socket.socketpair()
    assert not worker._speaks(near)
    far.send(b"POST")
    assert worker._speaks(near)
    threads = SimpleNamespace(nr_conns=6, keepalived_conns=[1, 2], pending_conns=[3], cfg=SimpleNamespace(threads=3))
    assert not worker.LingeringWorker._is_wanted(threads)
    threads.nr_conns += 1
    assert worker.LingeringWorker._is_wanted(threads)


def test_worker__page_after_page_on_one_connection__each_is_answered_once(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    answers = [ask(connection, b"%d " % number) for number in range(50)]
    assert [answer.split()[0] for answer in answers] == [b"%d" % number for number in range(50)]


def test_worker__more_idle_connections_than_threads__everybody_is_answered_in_turn(port):
    crowd = [http.client.HTTPConnection("127.0.0.1", port, timeout=20) for _ in range(THREADS * 4)]
    for turn in range(5):
        for number, connection in enumerate(crowd):
            assert ask(connection, b"%d-%d " % (turn, number)).startswith(b"%d-%d " % (turn, number))


def test_worker__a_second_request_in_the_same_packet__is_answered_too(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.connect()
    one = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"
    connection.sock.sendall(one + b"a " + one + b"b ")
    told = b""
    while told.count(b"HTTP/1.1 200") < 2 or not told.split(b"\r\n\r\n")[-1]:
        told += connection.sock.recv(65536)
    bodies = [part[:2] for part in told.split(b"\r\n\r\n")[1:]]
    assert bodies == [b"a ", b"b "]
