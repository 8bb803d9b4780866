"""The ABI stays what the first kept version was.

- abidiff of tests/abi/baseline/libcustcap.abi and the library just built: a
  function may be added, a field appended to a struct that begins with its
  size; any other difference, so any non-zero code, fails.  How abidiff is
  asked is itself tested, on small libraries that break a rule each.
- tests/abi/baseline/program.c, compiled against the first headers kept and
  against the newest, runs with the first library kept (x86-64) and with the
  newest, and prints the same in all four combinations.
"""
import json
import lzma
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
B = (ROOT / os.environ.get("B", "build")).resolve()
CC = os.environ.get("CC", "cc")
KEPT = ROOT / "tests/abi/baseline"
API = json.loads((ROOT / "bindings/api.json").read_text("utf-8"))
FAILED = []


def say(good, name, why=""):
    print(f"ok abi/{name}" if good else f"not ok abi/{name} {why}".rstrip())
    if not good:
        FAILED.append(name)


def suppressions(structs, handles):
    """What abidiff is to pass over: fields appended to structs that begin
    with their size, and the inside of handles."""
    return (
        "[suppress_type]\n"
        "  type_kind = struct\n"
        f"  name_regexp = ^({'|'.join(structs)})$\n"
        "  has_data_member_inserted_at = end\n"
        "  has_size_change = yes\n\n"
        "[suppress_type]\n"
        "  type_kind = struct\n"
        f"  name_regexp = ^({'|'.join(handles)}|cc_.*)$\n")


def compare(old, new, headers, folder, structs, handles):
    """abidiff's code and words."""
    file = folder / "suppressions"
    file.write_text(suppressions(structs, handles))
    run = subprocess.run(
        ["abidiff", "--headers-dir2", headers, "--drop-private-types",
         "--exported-interfaces-only", "--no-added-syms",
         "--suppressions", file, old, new],
        capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


def has_types(library):
    run = subprocess.run(["readelf", "-S", "-W", library], check=True,
                         capture_output=True, text=True)
    return ".debug_info" in run.stdout


def test_baseline(folder):
    if not has_types(B / "libcustcap.so"):
        print("skip abi/the baseline is kept - the library was built without"
              " -g")
        return
    structs = [s["name"] for s in API["structs"]
               if s["fields"][0]["name"] == "struct_size"]
    handles = [h["name"] for h in API["handles"]]
    code, words = compare(KEPT / "libcustcap.abi", B / "libcustcap.so",
                          ROOT / "include/custcap", folder, structs, handles)
    say(code == 0, "the baseline is kept", f"abidiff {code}: {words[:900]}")


# --- the control: small libraries -------------------------------------------

HEADER = """
#include <stdint.h>
typedef struct lib_handle lib_handle;
typedef struct lib_options {{
    uint64_t struct_size;
    {first}
    int64_t limit;
    {last}
}} lib_options;
{signature};
int32_t lib_close(lib_handle *handle);
{more}
"""
SOURCE = """
#include "lib.h"
struct lib_handle {{ {inside} }};
{signature} {{ (void)options; (void)handle; return 0; }}
int32_t lib_close(lib_handle *handle) {{ (void)handle; return 0; }}
{body}
"""
PLAIN = {"first": "", "last": "", "inside": "int a;", "more": "", "body": "",
         "signature": "int32_t lib_open(const lib_options *options,"
                      " lib_handle *handle)"}
# (name, what changes, is it allowed?)
CHANGES = [
    ("nothing", {}, True),
    ("an added function",
     {"more": "int32_t lib_more(void);",
      "body": "int32_t lib_more(void) { return 1; }"}, True),
    ("an appended field", {"last": "int64_t more;"}, True),
    ("the inside of a handle", {"inside": "int a; int b;"}, True),
    ("a removed function", {"drop": "lib_close"}, False),
    ("a changed signature",
     {"signature": "int64_t lib_open(const lib_options *options,"
                   " lib_handle *handle)"}, False),
    ("a changed parameter",
     {"signature": "int32_t lib_open(const lib_options *options,"
                   " lib_handle **handle)"}, False),
    ("a field in the middle", {"first": "int64_t more;"}, False),
]


def build_small(folder, name, change):
    place = folder / name.replace(" ", "-")
    place.mkdir()
    words = {**PLAIN, **change}
    (place / "lib.h").write_text(HEADER.format(**words))
    (place / "lib.c").write_text(SOURCE.format(**words))
    extra = []
    if "drop" in change:
        (place / "map").write_text(
            f"{{ global: lib_open; local: {change['drop']}; }};")
        extra = [f"-Wl,--version-script={place / 'map'}"]
    subprocess.run([CC, "-g", "-shared", "-fPIC", "-o", place / "lib.so",
                    place / "lib.c", *extra], check=True)
    return place


def test_control(folder):
    old = build_small(folder, "old", {}) / "lib.so"
    for name, change, allowed in CHANGES:
        place = build_small(folder, name, change)
        code, words = compare(old, place / "lib.so", place, folder,
                              ["lib_options"], ["lib_handle"])
        say((code == 0) == allowed,
            f"abidiff: {name} is {'allowed' if allowed else 'caught'}",
            f"code {code}: {words[:300]}")


def test_real_control(folder):
    """The library itself, with one function less, is caught."""
    names = (ROOT / "lib/custcap.map").read_text()
    (folder / "less.map").write_text(
        names.replace("    custcap_version;\n", ""))
    libraries = ["-lsqlite3", "-lsodium", "-pthread", "-lm"]
    subprocess.run(
        [CC, "-shared", "-Wl,-soname,libcustcap.so.0",
         "-o", folder / "less.so",
         f"-Wl,--version-script={folder / 'less.map'}", "-Wl,--whole-archive",
         B / "libcustcap.a", "-Wl,--no-whole-archive", *libraries],
        check=True)
    code, words = compare(KEPT / "libcustcap.abi", folder / "less.so",
                          ROOT / "include/custcap", folder, ["none"],
                          [h["name"] for h in API["handles"]])
    say(code != 0 and "custcap_version" in words,
        "abidiff: the library with a function less is caught",
        f"code {code}: {words[:300]}")


# --- old and new, headers and libraries -------------------------------------

def kept_library(folder):
    """The folder of the first library, or None and why."""
    file = KEPT / f"libcustcap-{platform.machine()}.so.xz"
    if not file.is_file():
        return None, f"no library is kept for {platform.machine()}"
    place = folder / "first"
    place.mkdir()
    (place / "libcustcap.so.0").write_bytes(lzma.open(file).read())
    (place / "libcustcap.so").symlink_to("libcustcap.so.0")
    run = subprocess.run(
        [sys.executable, "-c", "import ctypes, sys;"
         "ctypes.CDLL(sys.argv[1])", place / "libcustcap.so.0"],
        capture_output=True, text=True)
    if run.returncode == 0:
        return place, ""
    why = run.stderr.strip().splitlines()[-1]
    if "GLIBC_" in why or "cannot open shared object" in why:
        return None, f"the kept library needs another system: {why}"
    say(False, "the kept library loads", why)
    return None, ""


def newest_library(folder):
    place = folder / "newest"
    place.mkdir()
    shutil.copy(B / "libcustcap.so", place / "libcustcap.so.0")
    (place / "libcustcap.so").symlink_to("libcustcap.so.0")
    return place


def run_with(program, library, ledger):
    run = subprocess.run([program, ledger], capture_output=True, text=True,
                         timeout=60,
                         env={**os.environ, "LD_LIBRARY_PATH": str(library)})
    return run.returncode, run.stdout


def test_old_and_new(folder):
    libraries = {"newest": newest_library(folder)}
    first, why = kept_library(folder)
    if first:
        libraries["first"] = first
    elif why:
        print(f"skip abi/programs with the first library - {why}")
    answers = {}
    for headers, place in (("first", KEPT / "include"),
                           ("newest", ROOT / "include")):
        program = folder / f"program-{headers}"
        subprocess.run([CC, "-std=c11", "-Wall", "-Wextra", "-Werror",
                        f"-I{place}", "-o", program, KEPT / "program.c",
                        f"-L{libraries['newest']}", "-lcustcap"], check=True)
        for name, library in libraries.items():
            ledger = folder / f"{headers}-{name}.ledger"
            answers[headers, name] = run_with(program, library, ledger)
    expected = answers["first", "newest"]
    for (headers, name), answer in answers.items():
        good = answer[0] == 0 and answer == expected and \
            "2024-Q1" in answer[1] and "head 2, chain set" in answer[1]
        say(good, f"a program of the {headers} headers with the {name}"
            " library", f"{answer} != {expected}")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if shutil.which("abidiff"):
            test_baseline(folder)
            test_control(folder)
            test_real_control(folder)
        else:
            print("skip abi/abidiff - abigail-tools is not installed")
        test_old_and_new(folder)
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
