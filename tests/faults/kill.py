"""kill - writers die at any moment; what was acknowledged is there.

Two processes post numbered batches and report each one that was committed;
they are killed with SIGKILL at random times and started again.  A reader
looks on all the time: the head never goes back, batches are whole, none is
missing before another.  Then: BUSY after the timeout, and readers that go on
while a long import holds the ledger.

KILLS is how many writers die (default 60).
"""
import csv
import io
import os
import random
import select
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import harness as h  # noqa: E402
import library  # noqa: E402

KILLS = int(os.environ.get("KILLS", "60"))
FIELDS = ["party", "day", "amount", "line", "key"]
ROWS = 3  # entries of a batch


# --- what a child process does ---------------------------------------------

def batch(writer, number):
    """The rows of a numbered batch: amounts say which it is."""
    return [[f"{writer}-{number % 50}", f"2024-01-{1 + number % 28:02d}",
             f"{number}.{row:02d}", writer, f"{writer}/{number}/{row}"]
            for row in range(ROWS)]


def recorded(ledger, since=0):
    """{writer: {number: rows}} of the entries after a position."""
    found = {}
    end, pieces = ledger.records(since)
    for piece in pieces:
        for row in csv.DictReader(io.StringIO(piece.decode())):
            number, part = row["amount"].split(".")
            numbers = found.setdefault(row["line"], {})
            numbers.setdefault(int(number), []).append(int(part))
    return end, found


def writing(path, writer):
    """Post from the first number that isn't there; say what is committed."""
    ledger = library.Ledger(path, timeout_ms=20000)
    _, found = recorded(ledger)
    number = max(found.get(writer, {0: 0})) + 1
    if number > 1:
        # The last one may be in doubt: asking by key settles it.
        _, new, exists, _ = ledger.post(FIELDS, batch(writer, number - 1))
        assert (new, exists) == (0, ROWS), (number - 1, new, exists)
    while True:
        position, new, exists, chain = ledger.post(FIELDS,
                                                   batch(writer, number))
        assert (new, exists) == (ROWS, 0), (number, new, exists)
        os.write(1, f"{number} {position} {chain}\n".encode())
        number += 1


def whole(found, seen):
    """Are batches whole, in order, without gaps, since what was seen?"""
    for writer, numbers in found.items():
        for number in sorted(numbers):
            assert numbers[number] == list(range(ROWS)), \
                f"batch {number} of {writer} is in parts: {numbers[number]}"
            assert number == seen.get(writer, 0) + 1, \
                f"after {seen.get(writer, 0)} of {writer} comes {number}"
            seen[writer] = number


def reading(path):
    """Look on until standard input ends; say what went wrong, or how often
    it was looked."""
    seen, since, looks, head = {}, 0, 0, (0, "")
    ledger = library.Ledger(path, read_only=True)
    while not select.select([0], [], [], 0)[0]:
        end, found = recorded(ledger, since)
        assert end >= since, f"position {since}, then {end}"
        whole(found, seen)
        since = end
        now = ledger.head()
        assert now[0] >= head[0], f"head {head}, then {now}"
        assert now[0] > head[0] or now == head, f"head {head}, then {now}"
        head = now
        looks += 1
        if looks % 20 == 0:  # a new handle now and then
            ledger.free()
            ledger = library.Ledger(path, read_only=True)
    print(f"looked {looks}", flush=True)


def start(*arguments, **more):
    return subprocess.Popen(
        [sys.executable, os.path.abspath(__file__), *arguments],
        stdout=subprocess.PIPE, env={**os.environ, "B": h.BUILD}, **more)


# --- tests -----------------------------------------------------------------

class Watched:
    """A writer, and what it has acknowledged."""

    def __init__(self, path, name):
        self.path, self.name = path, name
        self.acknowledged = {}
        self.start()

    def start(self):
        self.process = start("writing", self.path, self.name,
                             stderr=subprocess.PIPE)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        out, err = self.process.communicate()
        assert self.process.returncode == -signal.SIGKILL, \
            f"{self.name} ended by itself: {err.decode()[-600:]}"
        for line in out.decode().splitlines(True):
            if line.endswith("\n"):
                number, position, chain = line.split()
                self.acknowledged[int(number)] = (int(position), chain)


def kills(report):
    path = report.path("killed")
    rng = random.Random(time.time_ns())
    h.run("init", path, "--unit=EUR")
    reader = start("reading", path, stdin=subprocess.PIPE,
                   stderr=subprocess.PIPE)
    writers = [Watched(path, name) for name in ("one", "two")]
    try:
        for number in range(KILLS):
            time.sleep(0.12 + rng.random() * 0.45)
            victim = writers[number % 2]
            victim.kill()
            victim.start()
            if number % 15 == 14:
                h.run("verify", path)
            if number % 20 == 9:
                h.run("seal", path)
            assert reader.poll() is None, reader.stderr.read().decode()[-600:]
    finally:
        for writer in writers:
            writer.process.kill()
        out, err = reader.communicate(b".", timeout=60)
    for writer in writers:
        writer.kill()
    assert reader.returncode == 0, f"reader: {err.decode()[-600:]}"
    acknowledged = check_all(path, writers)
    assert acknowledged >= KILLS // 2, "hardly anything was written"
    return (f"{KILLS} kills, {acknowledged} batches acknowledged, "
            f"reader {out.decode().strip()}")


def check_all(path, writers):
    """Reopened for writing: all that was acknowledged, whole, once, at its
    position and with its chain."""
    h.run("verify", path)
    seen = {}
    ledger = library.Ledger(path)
    _, found = recorded(ledger)
    whole(found, seen)
    ledger.free()
    total = 0
    chains = {}
    for writer in writers:
        last = max(writer.acknowledged, default=0)
        assert seen.get(writer.name, 0) >= last, \
            f"batch {last} of {writer.name} was acknowledged and is lost"
        total += len(writer.acknowledged)
        for position, chain in writer.acknowledged.values():
            assert position not in chains, f"two batches at {position}"
            chains[position] = chain
    top = max(chains)
    position, chain = h.head(path)
    assert position >= top and (position > top or chain == chains[top])
    before = h.answers(path)
    h.run("rebuild", path)
    h.same_answers(h.answers(path), before, "after rebuild")
    h.run("verify", path)
    return total


def killed_command(arguments, text, delay):
    """Kill a command some time after its start; did it end first?"""
    process = subprocess.Popen(
        [h.CUSTCAP, *arguments], stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.stdin.write(text.encode())
        process.stdin.close()
    except BrokenPipeError:
        pass
    time.sleep(delay)
    process.kill()
    return process.wait() == 0


def imports(report):
    """An import that is killed is wholly there or not at all."""
    path = report.path("imported")
    h.run("init", path, "--unit=EUR")
    rng = random.Random(time.time_ns())
    count, base, whole_ones = 20000, h.head(path), 0
    for number in range(10):
        text = "party,day,amount,line\n" + "".join(
            f"p{n % 977},2024-01-01,1.00,r{number}\n" for n in range(count))
        ended = killed_command(["import", path, "entry", "-"], text,
                               rng.random() * 0.16)
        rows = h.csv_rows(h.run("export", path, "entry"))
        mine = sum(row["line"] == f"r{number}" for row in rows)
        now = h.head(path)
        assert mine in (0, count), f"{mine} of {count} entries are there"
        assert mine == count or not ended, "it ended well and is not there"
        assert (now == base) == (mine == 0), f"head {base}, then {now}"
        base = now
        whole_ones += mine == count
    h.run("verify", path)
    return f"10 kills, {whole_ones} wholly there"


def upkeep(report):
    """Seal and rebuild, killed, change no answer."""
    path = report.path("kept")
    h.run("sample", path, "--customers=300", "--seed=3")
    rng = random.Random(time.time_ns())
    expected, at = h.answers(path), h.head(path)
    ended = 0
    for number in range(10):
        command = "rebuild" if number % 2 else "seal"
        ended += killed_command([command, path], "",
                                0.005 + rng.random() * 0.1)
        h.run("verify", path)
        h.same_answers(h.answers(path), expected, f"killed {command}")
        assert h.head(path) == at
    return f"10 kills, {ended} came too late"


def busy(report):
    """A second writer waits its timeout, gets BUSY, and changes nothing; a
    reader does not wait at all."""
    path = report.path("busy")
    h.run("sample", path, "--customers=50", "--seed=4")
    before, at = h.answers(path), h.head(path)
    holder = library.Ledger(path)
    holder.import_begin()
    for piece in range(4):
        rows = [[f"held-{n % 99}", "2025-01-01", "3.00", "x",
                 f"held/{piece}/{n}"] for n in range(10000)]
        holder.post(FIELDS, rows)
    second = library.Ledger(path, timeout_ms=300)
    started = time.monotonic()
    try:
        second.post(FIELDS, batch("second", 1))
        raise AssertionError("two writers at once")
    except library.Failure as why:
        assert why.status == library.BUSY, why
    waited = time.monotonic() - started
    assert 0.28 <= waited < 5, f"waited {waited} s where 0.3 were asked for"
    started = time.monotonic()
    h.same_answers(h.answers(path), before, "while an import is under way")
    reading_took = time.monotonic() - started
    assert h.head(path) == at
    done = h.attempt("post", path, "entry", "party=x", "day=2025-01-01",
                     "amount=1")
    assert done.code == h.BUSY and done.err.strip(), done
    holder.import_cancel()
    assert h.head(path) == at, "a cancelled import left something"
    h.same_answers(h.answers(path), before, "after a cancelled import")
    position, new, _, _ = second.post(FIELDS, batch("second", 1))
    assert (position, new) == (at[0] + 1, ROWS), "the batch can be tried again"
    second.free()
    holder.free()
    h.run("verify", path)
    return f"readers took {reading_took:.2f} s"


def main():
    report = h.Report("faults/kill")
    report.test("writers", kills, report)
    report.test("imports", imports, report)
    report.test("upkeep", upkeep, report)
    report.test("busy", busy, report)
    report.finish()


if __name__ == "__main__":
    if sys.argv[1:2] == ["writing"]:
        writing(*sys.argv[2:])
    elif sys.argv[1:2] == ["reading"]:
        reading(*sys.argv[2:])
    else:
        main()
