"""The manual says what is true.

- what is generated is fresh (tools/manual), and a stale page is noticed;
- pages are clean mdoc, links lead to pages, cross-references resolve;
- every exported function has a page, and every page of section 3 is about
  something the headers declare;
- every comment in the headers is complete: parameters, statuses, what is
  returned, threads, since;
- what a SYNOPSIS declares is what the headers declare;
- every program of an EXAMPLES section compiles without a warning, runs, and
  prints what its last line, "// Output: ...", says;
- every "$ command" of sections 1, 5 and 7 runs, and prints what is below it.
  A comment .\\" file: NAME before a display writes it to that file first;
  the displays of a page share a folder, and what they call is an installed
  copy, C through pkg-config, Python and Lua from where their modules are.
"""
import filecmp
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
B = (ROOT / os.environ.get("B", "build")).resolve()
CC = os.environ.get("CC", "cc")
API = json.loads((ROOT / "bindings/api.json").read_text("utf-8"))
FAILED = []


def say(good, name, why=""):
    print(f"ok {name}" if good else f"not ok {name} {why}".rstrip())
    if not good:
        FAILED.append(name)


def pages(section="[1-8]"):
    """Pages with text of their own."""
    return [p for p in sorted(ROOT.glob(f"man/man{section}/*.[1-8]"))
            if not p.read_text("utf-8").startswith(".so ")]


def links():
    return [p for p in sorted(ROOT.glob("man/man*/*.[1-8]"))
            if p.read_text("utf-8").startswith(".so ")]


# --- freshness --------------------------------------------------------------

def stale(made, kept):
    """Names of pages that differ, are missing or are too many."""
    names = {str(p.relative_to(made)) for p in made.rglob("*.[1-8]")}
    found = [n for n in sorted(names)
             if not (kept / n).is_file() or
             not filecmp.cmp(made / n, kept / n, shallow=False)]
    extra = {f"man3/{p.name}" for p in (kept / "man3").glob("*.3")} - names
    return found + sorted(extra)


def test_fresh(scratch):
    made = scratch / "man"
    subprocess.run([ROOT / "tools/manual", made], check=True)
    found = stale(made, ROOT / "man")
    say(not found, "docs/generated pages are fresh",
        f"run make describe: {' '.join(found[:5])}")
    other = scratch / "other"
    shutil.copytree(ROOT / "man", other)
    with open(other / "man3/custcap_table.3", "a", encoding="utf-8") as page:
        page.write("Another word.\n")
    (other / "man3/custcap_gone.3").write_text("x")
    say({"man3/custcap_table.3", "man3/custcap_gone.3"} <=
        set(stale(made, other)), "docs/a stale page is noticed")


# --- form -------------------------------------------------------------------

def test_lint():
    for page in pages():
        run = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page],
                             capture_output=True, text=True)
        say(run.returncode == 0, f"docs/mandoc {page.name}",
            run.stdout[:300].replace("\n", " "))
    bad = [p.name for p in links()
           if not (ROOT / "man" / p.read_text().split()[1]).is_file()]
    say(not bad, "docs/links lead to pages", " ".join(bad))


def test_promises():
    """Every promise names files that are there, and tests that are in them."""
    text = (ROOT / "man/man7/custcap_promises.7").read_text("utf-8")
    bad, count = [], 0
    for file, tests in re.findall(
            r"\.Pa (tests/\S+)[ ,.]*\n(?:\.Pq Li ([^\n]*))?", text):
        path = ROOT / file.rstrip(".,")
        body = path.read_text("utf-8", "replace") if path.is_file() else ""
        if not body and not path.is_file():
            bad.append(file)
        for name in re.findall(r"\w{4,}", tests):
            count += 1
            if f"START_TEST({name})" not in body:
                bad.append(f"{file}: {name}")
    say(count > 10 and not bad, "docs/promises name tests there are",
        "; ".join(bad))
    part = text.split("\n.It Sy ")[1:]
    held = [p.split("\n")[0] for p in part if "Held by" not in p]
    say(not held, "docs/every promise names a test", "; ".join(held))


OTHERS = {("fork", "2")}


def test_references():
    bad, count = [], 0
    for page in pages():
        for line in page.read_text("utf-8").splitlines():
            for name, section in re.findall(r"\bXr (\S+) (\d)", line):
                count += 1
                target = ROOT / f"man/man{section}/{name}.{section}"
                if not target.is_file() and (name, section) not in OTHERS:
                    bad.append(f"{page.name}: {name}({section})")
    say(count > 20 and not bad, "docs/cross-references resolve",
        "; ".join(bad[:5]))


def test_exports():
    run = subprocess.run(["nm", "-D", "--defined-only",
                          B / "libcustcap.so"], check=True,
                         capture_output=True, text=True)
    exports = {line.split()[2].split("@")[0] for line in
               run.stdout.splitlines() if " T " in line}
    found = {p.stem for p in (ROOT / "man/man3").glob("*.3")}
    missing = sorted(exports - found)
    say(exports and not missing, "docs/every export has a page",
        " ".join(missing))
    known = exports | {one["name"] for kind in
                       ("callbacks", "handles", "structs")
                       for one in API[kind]}
    known |= {"custcap_" + h["name"].removesuffix(".h")
              for h in API["headers"]}
    extra = sorted(found - known)
    say(not extra, "docs/every page is about something exported",
        " ".join(extra))


def test_complete():
    """STYLE: parameters, statuses, threads, since; units are up to people."""
    bad = []
    for f in API["functions"]:
        noun = f["header"].removesuffix(".h")
        for i, p in enumerate(f["parameters"]):
            own = i == 0 and p["ctype"].endswith("*") and \
                p["name"] in f["name"] or p["name"] in ("error", noun)
            if not p["brief"] and not own:
                bad.append(f"{f['name']}: {p['name']}")
        if f["returns"] == "custcap_status" and not f["statuses"] and \
                len(f["parameters"]) > 2:
            bad.append(f"{f['name']}: no status")
        if f["returns"] not in ("void", "custcap_status") and \
                not f["returned"]:
            bad.append(f"{f['name']}: what it returns")
        if not f["brief"] or not f["threads"] or not f["since"]:
            bad.append(f"{f['name']}: brief, threads, since")
    for s in API["structs"]:
        if s["name"].startswith("custcap_"):
            bad += [f"{s['name']}.{f['name']}" for f in s["fields"]
                    if not f["brief"] and f["name"] != "struct_size"]
    bad += [c["name"] for c in API["constants"]
            if not c["brief"] and c["name"].startswith("CUSTCAP_")]
    bad += [h["name"] for h in API["headers"]
            if not h["examples"] and h["name"] != "custcap.h"]
    say(not bad, "docs/every comment in the headers is complete",
        "; ".join(bad[:12]))


# --- programs ---------------------------------------------------------------

def unescape(text):
    return text.replace("\\&", "").replace("\\e", "\\") \
        .replace("\\(dq", '"')


def words(line):
    return [a or b for a, b in re.findall(r'"([^"]*)"|(\S+)', line)]


def synopsis(text):
    """C of the .In, .Ft, .Fo, .Fa, .Fc of a page."""
    part = text.split(".Sh SYNOPSIS\n")[1].split("\n.Sh ")[0]
    lines, arguments, kind, name = ["#include <stdint.h>"], [], "", ""
    for line in part.splitlines():
        macro, _, rest = unescape(line).partition(" ")
        if macro == ".In":
            lines.append(f"#include <{rest}>")
        elif macro == ".Ft":
            kind = words(rest)[0]
        elif macro == ".Fo":
            name, arguments = rest, []
        elif macro == ".Fa":
            arguments += words(rest)
        elif macro == ".Fc":
            lines.append(f"{kind} {name}({', '.join(arguments)});")
    return "\n".join(lines) + "\nint main(void) { return 0; }\n"


def compiles(source, scratch, *more):
    file = scratch / "example.c"
    file.write_text(source, "utf-8")
    run = subprocess.run(
        [CC, "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
         "-Wno-redundant-decls", f"-I{ROOT}/include", file, *more],
        capture_output=True, text=True, cwd=scratch)
    return run.returncode == 0, run.stderr[:400].replace("\n", " ")


def displays(text):
    """[(file, text)] of the literal displays of a page's examples."""
    found = []
    for match in re.finditer(
            r'(?:\.\\" file: (\S+)\n)?\.Bd -literal[^\n]*\n(.*?)\n\.Ed',
            text, re.S):
        found.append((match[1], unescape(match[2])))
    return found


def test_synopsis(scratch):
    for page in pages("3"):
        text = page.read_text("utf-8")
        good, why = compiles(synopsis(text), scratch, "-fsyntax-only")
        say(good, f"docs/SYNOPSIS of {page.name} compiles", why)
    wrong = synopsis((ROOT / "man/man3/custcap_table.3").read_text("utf-8"))
    wrong = wrong.replace("int64_t custcap_table_rows",
                          "int32_t custcap_table_rows")
    good, _ = compiles(wrong, scratch, "-fsyntax-only")
    say(not good, "docs/a wrong SYNOPSIS does not compile")


def test_programs(scratch):
    for page in pages("[37]"):
        programs = [text for file, text in
                    displays(page.read_text("utf-8"))
                    if not file and re.search(r"^(int )?main\(", text, re.M)]
        if page.suffix == ".3" and not programs:
            say(False, f"docs/{page.name} has a program")
        for number, program in enumerate(programs):
            folder = scratch / f"{page.stem}-{number}"
            folder.mkdir()
            run_program(f"docs/program {number + 1} of {page.name}",
                        program, folder)


def run_program(name, program, folder):
    good, why = compiles(program, folder, f"-L{B}", "-lcustcap", "-o",
                         "example")
    if not good:
        say(False, name, why)
        return
    run = subprocess.run([folder / "example"], cwd=folder, text=True,
                         capture_output=True, timeout=60,
                         env={**os.environ, "LD_LIBRARY_PATH": str(B)})
    expected = re.findall(r"^// Output: (.*)$", program, re.M)
    printed = run.stdout.splitlines()
    say(run.returncode == 0 and (not expected or printed == expected),
        name, f"exit {run.returncode}: {run.stdout[:200]} {run.stderr[:200]}")


# --- sessions ---------------------------------------------------------------

def commands(text):
    """[(command, expected output)] of a display with "$ " lines."""
    found = []
    for line in text.split("\n"):
        if line.startswith("$ "):
            found.append([line[2:], []])
        elif found and found[-1][0].endswith("\\"):
            found[-1][0] = found[-1][0][:-1] + line.strip()
        elif found:
            found[-1][1].append(line.rstrip())
    return found


def installed(scratch):
    """An installed copy, as the environment of whoever uses it."""
    stage = scratch / "stage"
    for target in ("install", "install-lua"):
        subprocess.run(["make", "--no-print-directory", f"B={B}",
                        f"DESTDIR={stage}", "prefix=/usr", target],
                       cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    usr = stage / "usr"
    paths = subprocess.run(["pkg-config", "--variable", "pc_path",
                            "pkg-config"], check=True, text=True,
                           capture_output=True).stdout.strip()
    return {**os.environ, "LC_ALL": "C.UTF-8",
            "PATH": f"{usr}/bin:{os.environ['PATH']}",
            "LD_LIBRARY_PATH": f"{usr}/lib",
            "PKG_CONFIG_LIBDIR": f"{usr}/lib/pkgconfig:{paths}",
            "PKG_CONFIG_SYSROOT_DIR": str(stage),
            "LUA_CPATH": f"{usr}/lib/lua/5.4/?.so",
            "PYTHONPATH": str(ROOT / "bindings/python"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "CUSTCAP_LIBRARY": f"{usr}/lib/libcustcap.so.0"}


def run_session(page, scratch, environment):
    folder = scratch / f"{page.name}-session"
    folder.mkdir()
    count = 0
    for file, text in displays(page.read_text("utf-8")):
        if file:
            (folder / file).write_text(text + "\n", "utf-8")
            continue
        for command, expected in commands(text):
            count += 1
            run = subprocess.run(["sh", "-c", command], cwd=folder,
                                 env=environment, text=True,
                                 capture_output=True, timeout=60)
            printed = [line.rstrip() for line in
                       (run.stdout + run.stderr).splitlines()]
            if expected != printed and (expected or run.returncode != 0):
                say(False, f"docs/session of {page.name}",
                    f"$ {command}: exit {run.returncode}: {printed[:6]}")
                return
    if count:
        say(True, f"docs/session of {page.name} ({count} commands)")


def test_sessions(scratch):
    environment = installed(scratch)
    for page in pages("[157]"):
        run_session(page, scratch, environment)
    page = scratch / "wrong.7"
    page.write_text(".Bd -literal\n$ echo one\ntwo\n.Ed\n")
    shown, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")
    try:
        run_session(page, scratch, environment)
    finally:
        sys.stdout = shown
    noticed = "docs/session of wrong.7" in FAILED
    if noticed:
        FAILED.remove("docs/session of wrong.7")
    say(noticed, "docs/a wrong session is noticed")


def main():
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        test_fresh(scratch)
        test_lint()
        test_references()
        test_exports()
        test_promises()
        test_complete()
        test_synopsis(scratch)
        test_programs(scratch)
        test_sessions(scratch)
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
