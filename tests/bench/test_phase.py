"""What a phase makes of its clock and its counters."""

import threading

import pytest

from bench.client import Answer, Ask, Tally, header_bytes, packed_bytes
from bench.phase import Crew, figures, medians, percentile


def test_percentile__nearest_of_the_ordered():
    assert percentile([], 0.5) == 0
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2
    assert percentile([float(n) for n in range(101)], 0.95) == 95
    assert percentile([1.0, 2.0], 1.0) == 2


def test_tally__bodies_and_lines_both_ways():
    tally, other = Tally(), Tally()
    for one in (tally, other):
        one.note(Ask("POST", "/x", b"12345"), {"A": "bc"}, Answer(200, {"d": "ef"}, b"123", 0.25))
    tally.add(other)
    assert header_bytes({"A": "bc"}) == len(b"A: bc\r\n")
    assert tally.lines_up == 2 * len(b"POST /x HTTP/1.1\r\nA: bc\r\n\r\n")
    assert tally.lines_down == 2 * len(b"HTTP/1.1 200 OK\r\nd: ef\r\n\r\n")
    assert (tally.statuses, tally.seconds) == ({200: 2}, [0.25, 0.25])
    assert (tally.bodies_up, tally.bodies_down) == ([b"12345"] * 2, [b"123"] * 2)


def test_packed__never_more_than_plain():
    assert packed_bytes([b"x"]) == 1
    assert packed_bytes([b"x" * 1000]) < 40


class Line:
    """A connection that records who used it."""

    def __init__(self):
        self.tally, self.closed = Tally(), False

    def close(self):
        self.closed = True


def test_crew__every_job_once_in_its_place_and_a_failure_is_told():
    lines, met = [], threading.Barrier(2, timeout=10)

    def connect():
        lines.append(Line())
        return lines[-1]

    def job(number):
        def work(connection):
            if number < 2:
                met.wait()  # both connections are at work at once, or this breaks
            if number == 3:
                raise ValueError("broken")
            connection.tally.seconds.append(float(number))
            return number

        return work

    crew = Crew(connect, [job(number) for number in range(6)], 2)
    crew.gather()
    crew.run()
    assert crew.results == [0, 1, 2, None, 4, 5]
    assert crew.errors == ["ValueError: broken"]
    assert sorted(crew.tally.seconds) == [0, 1, 2, 4, 5]
    assert len(lines) == 2
    assert all(line.closed for line in lines)


def crew_of(*seconds):
    crew = Crew(Line, [], 4)
    for one in seconds:
        crew.tally.note(Ask("GET", "/", None), {}, Answer(200, {}, b"ab", one))
    return crew


def test_figures__rates_and_bytes_a_record():
    made = figures(crew_of(0.1, 0.2, 0.4), 50, seconds=2.0, server=0.5, driver=0.1, packed=True)
    assert (made.rate, made.server_per_1000, made.requests) == (25, 10, 3)
    assert (made.p50_ms, made.most_ms) == (200, 400)
    assert made.down == pytest.approx(3 * (2 + 19) / 50)
    assert figures(crew_of(), 0, 1.0, 0.0, 0.0, packed=False).up_gzip is None


def test_medians__median_of_each_and_every_rate_kept():
    runs = [figures(crew_of(0.1), n, 1.0, 0.0, 0.0, packed=n == 10) for n in (10, 40, 20)]
    kept = medians(runs)
    assert (kept["rate"], kept["each"]["rate"], kept["repeats"]) == (20, [10, 40, 20], 3)
    assert kept["up_gzip"] == runs[0].up_gzip
