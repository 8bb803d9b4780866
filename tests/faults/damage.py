"""damage - a damaged ledger gives an error or the same answer, nothing else.

Flips bytes of a small ledger (and of its log), truncates it at every page,
zeroes, swaps and repeats pages and puts old ones back, and asks everything
each time, through the forking harness damage.c.  Never another answer, a
crash or a hang; and what no answer shows, verify finds.

DAMAGE_SECONDS is how long bytes are flipped (default 35); DAMAGE_DEEP=1 flips
every byte.  What was left out is said in the line of the test.
"""
import collections
import os
import random
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
import harness as h  # noqa: E402

PAGE = 16384
RESERVED = 8
SECONDS = float(os.environ.get("DAMAGE_SECONDS", "35"))
DEEP = os.environ.get("DAMAGE_DEEP", "") not in ("", "0")
WORKERS = 2
# What may come of a damaged file, by number: UNSUPPORTED, IO, CORRUPT,
# NOT_A_LEDGER, VERSION.  The command ends with 3 or 1 for them.
CLEAR = {"12", "30", "40", "41", "42"}
VERIFY = 2


# --- a small ledger with something of everything ----------------------------

def small_ledger(path, old):
    rng = random.Random(11)
    people = [f"guest-{n:02d}" for n in range(12)]
    h.run("init", path, "--unit=EUR")
    h.run("import", path, "party", "-", text="party,form,name\n" + "".join(
        f"{p},person,Name of {p}\n" for p in people))
    h.run("import", path, "role", "-", text="party,role,from,stage\n" +
          "".join(f"{p},consumer,2024-01-01,active\n" for p in people))
    h.run("import", path, "relation", "-", text="party,type,other,from\n" +
          "".join(f"{a},referred-by,{b},2024-01-01\n"
                  for b, a in zip(people, people[1:6])))
    rows = []
    for number in range(90):
        rows.append(f"{rng.choice(people)},2024-{rng.randint(1, 6):02d}-"
                    f"{rng.randint(1, 28):02d},{rng.randint(1, 99999)}."
                    f"{rng.randint(0, 99):02d},{rng.choice(['tea', 'cup'])},"
                    f"{rng.choice(['paid.search', 'direct'])},k{number},"
                    f"invoice-{number}\n")
    header = "party,day,amount,line,channel,key,document\n"
    h.run("import", path, "entry", "-", text=header + "".join(rows[:60]))
    h.run("import", path, "event", "-",
          text="party,day,kind,number,text\n" + "".join(
              f"{p},2024-02-0{1 + n % 9},score.nps,{n % 11},said {n}\n"
              for n, p in enumerate(people)))
    h.run("import", path, "item", "-",
          text="key,party,kind,day\ni1,guest-01,complaint,2024-03-01\n")
    h.run("post", path, "consent", "party=guest-02", "day=2024-01-02",
          "purpose=marketing", "given=1")
    h.run("seal", path)
    h.run("close", path, "2023-12-31")  # folds the log in, too
    with open(old, "wb") as file:
        file.write(h.file_bytes(path))
    h.run("import", path, "entry", "-", text=header + "".join(rows[60:]))
    h.run("seal", path)
    h.run("post", path, "entry", "party=guest-03", "day=2024-06-30",
          "amount=1.00")
    h.run("close", path, "2023-12-30", code=h.CONFLICT)
    h.run("close", path, "2024-01-01")
    if os.path.exists(path + "-wal") and os.path.getsize(path + "-wal"):
        raise AssertionError("closing did not fold the log in")


# --- what of the file is in use ---------------------------------------------

def free_pages(data):
    """Pages SQLite keeps for later: nothing reads them (fileformat, 1.5)."""
    found, trunk = set(), struct.unpack(">I", data[32:36])[0]
    while trunk and trunk not in found and trunk * PAGE <= len(data):
        found.add(trunk)
        at = (trunk - 1) * PAGE
        trunk, count = struct.unpack(">II", data[at:at + 8])
        leaves = struct.unpack(f">{count}I", data[at + 8:at + 8 + 4 * count])
        found.update(leaves)
    return found


def used_bytes(data):
    """Bytes that are not deep inside a run of zeros, and the checksums."""
    used = []
    for start in range(0, len(data), PAGE):
        page = data[start:start + PAGE]
        near = bytearray(PAGE)
        for at, byte in enumerate(page):
            if byte:
                near[max(0, at - 4):at + 5] = b"\1" * (
                    min(PAGE, at + 5) - max(0, at - 4))
        near[PAGE - RESERVED:] = b"\1" * RESERVED
        used += [start + at for at in range(PAGE) if near[at]]
    return used


# --- the harness ------------------------------------------------------------

class Harness:
    """One process of damage.c."""

    def __init__(self, program, directory, ledger, old=None):
        os.makedirs(directory)
        self.next = 0
        arguments = [program, ledger, os.path.join(directory, "copy"),
                     "guest-03"] + ([old] if old else [])
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        ready = self.process.stdout.readline().split()
        assert ready[:1] == ["ready"], "the harness did not start"
        self.questions = int(ready[1])

    def ask(self, states):
        """Replies to [(mode, operation, numbers...)], in order."""
        first = self.next
        self.next += len(states)
        for number, state in enumerate(states, first):
            words = " ".join(str(word) for word in state)
            self.process.stdin.write(f"{number} {words}\n")
        self.process.stdin.flush()
        replies = []
        for number in range(first, self.next):
            words = self.process.stdout.readline().split()
            assert words[:1] == [str(number)], f"the harness died: {words}"
            replies.append(words[1:])
        return replies

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


def compile_harness(directory):
    here = os.path.dirname(os.path.abspath(__file__))
    program = os.path.join(directory, "damage")
    subprocess.run(
        [os.environ.get("CC", "cc"), "-std=c11", "-D_GNU_SOURCE", "-O1",
         "-Wall", "-Wextra", "-Werror", "-I", os.path.join(h.ROOT, "include"),
         "-o", program, os.path.join(here, "damage.c"),
         os.path.join(h.BUILD, "libcustcap.a"), "-lsqlite3", "-lsodium",
         "-lm", "-pthread"], check=True)
    return program


def verdict(words):
    """(wrong, what) of one reply: what is wrong with it, or None."""
    if words[0] in ("crash", "hang", "written", "learned"):
        return " ".join(words), "bad"
    second = words[words.index("/") + 1:] if "/" in words else words
    first = words[:words.index("/")] if "/" in words else words
    for tokens in (first, second):
        if "!" in tokens:
            return f"question {tokens.index('!')}: another answer", "bad"
        for at, token in enumerate(tokens):
            if token not in CLEAR and token not in "=-+":
                return f"question {at}: status {token}", "bad"
    if all(token in "=-" for token in first + second):
        return None, "same"
    if any(token in CLEAR for token in first):
        return None, "error"
    return None, "old"


class Tally:
    """Counts outcomes of states and keeps the first bad ones."""

    def __init__(self):
        self.counts = collections.Counter()
        self.statuses = collections.Counter()
        self.bad = []
        self.unseen = []  # verify said nothing
        self.lock = threading.Lock()

    def add(self, states, replies):
        with self.lock:
            for state, words in zip(states, replies):
                wrong, outcome = verdict(words)
                self.counts[outcome] += 1
                self.statuses.update(w for w in set(words) if w in CLEAR)
                if wrong:
                    self.bad.append(f"{state}: {wrong}")
                elif words[0] == "=" and words[VERIFY] == "=":
                    self.unseen.append(state)

    def judge(self):
        assert not self.bad, (f"{len(self.bad)} states of "
                              f"{sum(self.counts.values())}: "
                              + "; ".join(self.bad[:8]))

    def __str__(self):
        total = sum(self.counts.values())
        return (f"{total} states: {self.counts['error']} errors, "
                f"{self.counts['same']} the same"
                + (f", {self.counts['old']} an earlier state"
                   if self.counts["old"] else ""))


def spread(states, harnesses, tally, seconds=None, batch=100):
    """Try states on all harnesses until they or the seconds are used up."""
    stop = time.monotonic() + seconds if seconds else None
    left = list(range(0, len(states), batch))
    left.reverse()
    errors = []

    def work(harness):
        try:
            while left and (stop is None or time.monotonic() < stop):
                start = left.pop()
                some = states[start:start + batch]
                tally.add(some, harness.ask(some))
        except Exception as why:  # pylint: disable=broad-except
            errors.append(why)
    threads = [threading.Thread(target=work, args=(one,))
               for one in harnesses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


# --- the tests -------------------------------------------------------------

def controls(harnesses):
    """What the harness must be able to see."""
    one = harnesses[0]
    replies = one.ask([("r", "n"), ("r", "e"), ("r", "n")])
    assert verdict(replies[0])[1] == verdict(replies[2])[1] == "same", \
        f"undamaged: {replies[0]}"
    assert "another answer" in verdict(replies[1])[0], \
        "an altered expectation was not noticed"


def unchecked(harnesses, data, free):
    """With the page checksums put right again, other answers do come: it is
    they that catch the damage, and the harness sees what they would let
    through."""
    rng = random.Random(3)
    used = [at for at in used_bytes(data) if at // PAGE + 1 not in free
            and at % PAGE < PAGE - RESERVED]
    states = [("r", "s", at, 1 << rng.randint(0, 7))
              for at in rng.sample(used, 400)]
    found = collections.Counter()
    lock = threading.Lock()

    class Counting:
        """Takes what spread() gives a tally."""

        @staticmethod
        def add(_states, replies):
            with lock:
                for words in replies:
                    wrong, outcome = verdict(words)
                    if words[0] in ("crash", "hang", "written"):
                        outcome = words[0]
                    elif wrong and "another" in wrong:
                        outcome = "unnoticed" if words[VERIFY] == "=" else \
                            "noticed by verify only"
                    found[outcome] += 1
    spread(states, harnesses, Counting, batch=20)
    assert not found["crash"] and not found["hang"], dict(found)
    other = found["unnoticed"] + found["noticed by verify only"]
    assert other > 0, f"no other answer even without checksums: {dict(found)}"
    return ", ".join(f"{count} {what}" for what, count in found.items())


def structure(harnesses, data):
    """Truncated, zeroed, swapped and repeated pages; every byte of the header;
    opened for reading and for writing."""
    pages = len(data) // PAGE
    states = []
    for mode in "rw":
        sizes = {0, 1, 50, 99, 100, 512, len(data) - 1, len(data) - RESERVED}
        sizes.update(page * PAGE for page in range(pages))
        sizes.update(page * PAGE + 100 for page in range(0, pages, 5))
        states += [(mode, "t", size) for size in sorted(sizes)]
        for page in range(pages):
            at = page * PAGE
            states.append((mode, "z", at, PAGE))
            states.append((mode, "z", at, PAGE // 2))
            states.append((mode, "z", at + PAGE - RESERVED, RESERVED))
            for other in range(page + 1, pages):
                step = max(1, pages * pages // 80)
                if (page * pages + other) % step == 0 or other == page + 1:
                    states.append((mode, "p", at, other * PAGE, PAGE))
                    states.append((mode, "c", at, other * PAGE, PAGE))
                    states.append((mode, "c", other * PAGE, at, PAGE))
        states += [(mode, "x", at, mask) for at in range(100)
                   for mask in ((1, 0x80) if mode == "r" else (0x10,))]
    tally = Tally()
    spread(states, harnesses, tally, batch=20)
    tally.judge()
    return str(tally)


def stale(harnesses, data, old):
    """A page as it was some time ago (a write that was lost) has a right
    checksum: chain, counts and the checksums inside must notice it."""
    changed = [at for at in range(0, min(len(data), len(old)), PAGE)
               if data[at:at + PAGE] != old[at:at + PAGE]]
    assert len(changed) >= 5, f"only {len(changed)} pages have changed"
    tally = Tally()
    spread([(mode, "o", at, PAGE) for mode in "rw" for at in changed],
           harnesses, tally, batch=5)
    tally.judge()
    missed = sorted({f"page {s[2] // PAGE + 1}" for s in tally.unseen})
    assert not missed, f"verify does not notice old contents of {missed}"
    return str(tally)


def forgotten_keys(report, data, old):
    """The same for what is recorded once: with old pages of the runs of keys
    a key may not be taken for a new one, unless verify says so."""
    path = report.path("forgotten")
    rows = h.csv_rows(h.run("export", report.path("ledger"), "entry"))
    mine = [r for r in rows if r["document"] == "invoice-89"][0]
    fields = [f"{name}={mine[name]}" for name in
              ("party", "day", "amount", "line", "channel", "document")]
    for at in range(0, min(len(data), len(old)), PAGE):
        if data[at:at + PAGE] == old[at:at + PAGE]:
            continue
        with open(path, "wb") as file:
            file.write(data[:at] + old[at:at + PAGE] + data[at + PAGE:])
        if h.attempt("verify", path).code == h.CORRUPT:
            continue
        done = h.attempt("post", path, "entry", *fields, "key=k89",
                         "prior=1")
        assert done.code != h.OK or b"already" in done.err, \
            f"page {at // PAGE + 1}: recorded twice, and verify said ok"
        for ending in ("-wal", "-shm"):
            if os.path.exists(path + ending):
                os.unlink(path + ending)


def flips(harnesses, data, free):
    """Every byte, or as many as there is time for: those in use by 0x01 and by
    0x80, the others in a bit that differs.  One of fifty with every question,
    the others with verify and two."""
    rng = random.Random(5)
    used = used_bytes(data)
    unused = sorted(set(range(len(data))) - set(used))
    if not DEEP:
        unused = rng.sample(unused, min(len(unused), 500))
    states = [("q" if rng.random() < 0.98 else "r", "x", at, mask)
              for at in used for mask in (0x01, 0x80)]
    states += [("q", "x", at, 1 << rng.randint(0, 7)) for at in unused]
    rng.shuffle(states)
    tally = Tally()
    spread(states, harnesses, tally, None if DEEP else SECONDS)
    tally.judge()
    tried = sum(tally.counts.values())
    assert tried >= min(500, len(states)), "there was time for too few"
    missed = [s for s in tally.unseen if s[2] // PAGE + 1 not in free]
    assert not missed, (f"verify does not notice {len(missed)}, such as "
                        f"{missed[:5]}")
    return (f"{tally}; {100 * tried // len(states)}% of {2 * len(used)} in the "
            f"{len(used)} used bytes and {len(states) - 2 * len(used)} of the "
            f"{len(data) - len(used)} unused ones")


def log(program, report, ledger):
    """A log with three commits: what is damaged in it gives an error, the
    same, or the answers from before the commits it holds."""
    before = report.path("log-before")
    path = report.path("log-ledger")
    for name in (before, path):
        with open(name, "wb") as file:
            file.write(h.file_bytes(ledger))
    # A process that keeps the ledger open and dies leaves its log behind.
    script = ("import sys, os; sys.path.insert(0, sys.argv[2])\n"
              "import library\n"
              "one = library.Ledger(sys.argv[1])\n"
              "one.post(['party', 'day', 'amount'],\n"
              "         [['guest-04', '2024-05-05', '5.00']])\n"
              "os._exit(0)\n")
    support = os.path.join(h.ROOT, "tests", "support")
    subprocess.run([sys.executable, "-c", script, path, support], check=True,
                   env={**os.environ, "B": h.BUILD})
    size = os.path.getsize(path + "-wal")
    assert size > 0, "there is no log to damage"
    harness = Harness(program, report.path("log-copy"), path, before)
    rng = random.Random(8)
    assert harness.ask([("r", "l")]) == [["learned"]]
    data = h.file_bytes(path + "-wal")
    near = [at for at in range(size) if any(data[max(0, at - 2):at + 3])]
    states = [("r", "X", at, rng.choice((1, 0x80)))
              for at in sorted(set(range(60)) | set(
                  rng.sample(near, min(len(near), 200))))]
    states += [(mode, "T", at) for mode in "rw" for at in
               range(0, size, max(1, size // 20))]
    tally = Tally()
    spread(states, [harness], tally, batch=20)
    harness.end()
    tally.judge()
    # One commit: what is not the whole of it must be none of it.
    assert tally.counts["old"] > 0, f"damage to the log did nothing: {tally}"
    return str(tally)


def exit_codes(report, ledger):
    """The command says it with its exit code, and what is wrong in words."""
    data = bytearray(h.file_bytes(ledger))
    for at in range(0, len(data), PAGE):
        if at // PAGE + 1 in free_pages(data):
            continue
        path = report.path("flipped")
        flipped = bytearray(data)
        flipped[at + 120] ^= 1
        with open(path, "wb") as file:
            file.write(flipped)
        done = h.attempt("verify", path)
        assert done.code == h.CORRUPT and done.err.strip(), \
            f"page {at // PAGE + 1}: {done}"
        done = h.attempt("measure", path, "revenue.movements")
        assert done.code in (h.OK, h.CORRUPT), f"page {at // PAGE + 1}: {done}"


def main():
    report = h.Report("faults/damage")
    ledger, old = report.path("ledger"), report.path("old")
    harnesses = []
    made = {}

    def prepare():
        small_ledger(ledger, old)
        h.run("verify", ledger)
        made["program"] = compile_harness(report.directory)
        made["data"] = h.file_bytes(ledger)
        made["free"] = free_pages(made["data"])
        for number in range(WORKERS):
            harnesses.append(Harness(made["program"],
                                     report.path(f"copy-{number}"), ledger,
                                     old))
        return (f"{len(made['data'])} bytes, {len(made['free'])} free pages, "
                f"{harnesses[0].questions} questions a state")
    report.test("prepare", prepare)
    if len(harnesses) == WORKERS:
        data, free = made["data"], made["free"]
        report.test("controls", controls, harnesses)
        report.test("without_checksums", unchecked, harnesses, data, free)
        report.test("structure", structure, harnesses, data)
        report.test("stale_pages", stale, harnesses, data, h.file_bytes(old))
        report.test("forgotten_keys", forgotten_keys, report, data,
                    h.file_bytes(old))
        report.test("flips", flips, harnesses, data, free)
        report.test("log", log, made["program"], report, ledger)
        report.test("exit_codes", exit_codes, report, ledger)
    for one in harnesses:
        one.end()
    report.finish()


if __name__ == "__main__":
    main()
