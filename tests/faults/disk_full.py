"""disk_full - a disk that is full loses nothing and leaves nothing half done.

Every writing command runs under a limit on the size of files (RLIMIT_FSIZE),
raised step by step from "nothing fits" to "all fits"; with the signal that
comes with it ignored (the write fails) and not ignored (the process dies).
Then the same on a small file system that is really full, where one may be
mounted.
"""
import json
import os
import resource
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
import harness as h  # noqa: E402

FAR = 1 << 40


def limited(size, dies=False):
    """What a child does before it becomes the command."""
    def prepare():
        signal.signal(signal.SIGXFSZ,
                      signal.SIG_DFL if dies else signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return {"preexec_fn": prepare, "restore_signals": False}


def copy(source, target):
    for ending in ("-wal", "-shm", "-lock"):
        if os.path.exists(target + ending):
            os.unlink(target + ending)
    shutil.copyfile(source, target)
    if os.path.exists(source + "-wal"):
        shutil.copyfile(source + "-wal", target + "-wal")


def rows(count):
    return "party,day,amount,line,key\n" + "".join(
        f"full-{n % 97},2024-03-{1 + n % 28:02d},{n}.00,l{n % 5},full/{n}\n"
        for n in range(count))


COMMANDS = {
    "import": (["import", "L", "entry", "-"], rows(3000)),
    "post": (["post", "L", "entry", "party=new", "day=2024-01-01",
              "amount=7.00"], None),
    "seal": (["seal", "L"], None),
    "rebuild": (["rebuild", "L"], None),
    "close": (["close", "L", "2022-12-31"], None),
    "erase": (["erase", "L", "K"], None),
    "undo": (["undo", "L", "P"], None),
}


def sizes(base, path, arguments, text):
    """Limits that matter: around the sizes of the files, and in between."""
    copy(base, path)
    h.run(*[path if a == "L" else a for a in arguments], text=text)
    top = max(os.path.getsize(path + e) for e in ("", "-wal")
              if os.path.exists(path + e))
    top = max(top, os.path.getsize(base)) * 5 // 4
    steps = {0, 4096, 32768, os.path.getsize(base) - 1,
             os.path.getsize(base), FAR}
    steps.update(top * n // 7 for n in range(8))
    return sorted(steps)


def some_answers(path):
    """A few that touch all there is: segments, texts, small records."""
    asked = (("measure", path, "revenue.movements", "--format=json"),
             ("export", path, "entry"), ("export", path, "party"),
             ("measure", path, "capital.structure", "--format=json"))
    return {" ".join(q[:1] + q[2:]): h.run(*q) for q in asked}


def one_command(report, base, name, known):
    arguments, text = COMMANDS[name]
    arguments = [known.get(a, a) for a in arguments]
    path = report.path(f"full-{name}")
    limits = sizes(base, path, arguments, text)
    before, at = some_answers(base), h.head(base)
    after, then = some_answers(path), h.head(path)
    if name in ("seal", "rebuild"):
        h.same_answers(after, before, name)
    failed = died = 0
    for size in limits:
        for dies in (False, True):
            copy(base, path)
            done = h.attempt(*[path if a == "L" else a for a in arguments],
                             text=text, **limited(size, dies))
            what = f"{name}, files of at most {size}"
            assert done.code in (0, 1, -signal.SIGXFSZ), f"{what}: {done}"
            failed += done.code == 1
            died += done.code < 0
            assert done.code != 1 or done.err.strip(), f"{what}: no words"
            assert size != FAR or done.code == 0, f"{what}: {done}"
            judge(path, done, (before, at), (after, then), what)
    assert failed > 0, f"{name}: the limit did nothing"
    return f"{len(limits)} limits, {failed} failed, {died} died"


def positions_equal(now, then):
    """Time is part of the chain, so only positions compare."""
    return now[0] == then[0]


def judge(path, done, before, after, what):
    """Nothing or all of it; whoever said ok did all of it."""
    h.run("verify", path)
    now = h.head(path)
    found = some_answers(path)
    if done.code == 0:
        assert positions_equal(now, after[1]), f"{what}: {now}"
        same_numbers(found, after[0], what)
        return
    if now == before[1]:
        h.same_answers(found, before[0], what)
    else:
        # A failure after the commit itself (while the log was folded in):
        # then all of it is there.
        assert positions_equal(now, after[1]), f"{what}: half done, {now}"
        same_numbers(found, after[0], what)


def same_numbers(found, expected, what):
    """Equal but for what names the head of the chain."""
    for question, data in expected.items():
        have, want = found[question], data
        if question.startswith("measure"):
            have, want = without_notes(have), without_notes(want)
        h.same(have, want, f"{what}: {question}")


def without_notes(data):
    table = json.loads(data)
    table.pop("notes", None)
    return json.dumps(table, sort_keys=True).encode()


def then_again(report, base):
    """After failing, the same import goes through when there is room."""
    path = report.path("again")
    copy(base, path)
    arguments = ["import", path, "entry", "-"]
    done = h.attempt(*arguments, text=rows(3000), **limited(20000))
    assert done.code == 1, done
    h.run(*arguments, text=rows(3000))
    h.run("verify", path)
    exported = h.csv_rows(h.run("export", path, "entry"))
    assert sum(r["party"].startswith("full-") for r in exported) == 3000


def new_files(report, base):
    """What can't be made is not there: init, sample, backup."""
    for number, size in enumerate((0, 100, 20000, 60000, 150000)):
        for name in ("init", "sample", "backup"):
            path = report.path(f"new-{name}-{number}")
            arguments = {"init": ["init", path],
                         "sample": ["sample", path, "--customers=20"],
                         "backup": ["backup", base, path]}[name]
            done = h.attempt(*arguments, **limited(size))
            left = [f for f in os.listdir(report.directory)
                    if f.startswith(os.path.basename(path))]
            if done.code == 0:
                h.run("verify", path)
                continue
            assert done.code == 1 and done.err.strip(), done
            left = [f for f in left if not f.endswith("-lock")]
            assert not left, f"{name}, at most {size}: left {left}"
    strange = [f for f in os.listdir(report.directory) if ".new" in f or
               f.startswith(".") or "tmp" in f]
    assert not strange, f"left over: {strange}"


def output(report, base):
    """Output that can't be written is a failure, not a silent success."""
    del report
    with open("/dev/full", "wb") as full:
        for arguments in (["measure", base, "revenue.movements"],
                          ["export", base, "entry"], ["report", base],
                          ["measures"], ["head", base]):
            done = h.attempt(*arguments, stdout=full)
            assert done.code == 1 and done.err.strip(), done


def mounted(report, base):
    """A real file system of 1 MiB, filled by an import."""
    where = report.path("small-disk")
    os.mkdir(where)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs",
                           where], capture_output=True, check=False)
    if done.returncode != 0:
        raise h.Skip("mounting a tmpfs is not allowed here")
    try:
        return fill(os.path.join(where, "ledger"), base)
    finally:
        subprocess.run(["umount", where], check=False)


def fill(path, base):
    shutil.copyfile(base, path)
    before, at = h.answers(path), h.head(path)
    done = h.attempt("import", path, "entry", "-", text=rows(30000))
    assert done.code == 1, done
    assert b"full" in done.err, f"not in words: {done}"
    assert h.head(path) == at
    h.same_answers(h.answers(path), before, "after a full disk")
    h.run("verify", path)
    posted = 0
    while posted < 2000:
        done = h.attempt("import", path, "entry", "-",
                         text=rows(200).replace("full/", f"f{posted}/"))
        if done.code != 0:
            break
        posted += 1
    assert done.code == 1 and posted > 0, f"{posted}: {done}"
    h.run("verify", path)
    exported = h.csv_rows(h.run("export", path, "entry"))
    count = sum(r["party"].startswith("full-") for r in exported)
    assert count == 200 * posted, f"{count} entries of {posted} imports"
    return f"{posted} imports fitted"


def main():
    report = h.Report("faults/disk_full")
    base = report.path("base")
    known = {}

    def prepare():
        h.run("sample", base, "--customers=20", "--seed=5")
        parties = h.csv_rows(h.run("export", base, "party"))
        h.run("import", base, "entry", "-", text="party,day,amount\n" +
              "".join(f"p{n},2024-05-01,{n}.00\n" for n in range(1, 50)))
        known.update(K=parties[-1]["party"], P=str(h.head(base)[0]))
        h.run("close", base, "2022-01-31")
        return f"{os.path.getsize(base)} bytes"
    report.test("prepare", prepare)
    for name in COMMANDS:
        if known:
            report.test(name, one_command, report, base, name, known)
    report.test("then_again", then_again, report, base)
    report.test("new_files", new_files, report, base)
    report.test("output", output, report, base)
    report.test("mounted", mounted, report, base)
    report.finish()


if __name__ == "__main__":
    main()
