"""Every exported function survives nonsense.

Out of bindings/api.json, so a function that comes later is tried the day it
comes.  Each is called with everything NULL and zero, and then some hundreds
of times with handles that are real or NULL, structs whose struct_size is
right, zero, odd or huge, texts that are NULL, empty or no UTF-8, and numbers
from the ends of their range; a count goes with a NULL pointer or with what
is there.  No call may crash, and a ledger that went through all of it
verifies.  Each function has a process of its own, so that the one that dies
has a name.
"""
import ctypes as c
import json
import os
import pathlib
import random
import re
import shutil
import signal
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
B = (ROOT / os.environ.get("B", "build")).resolve()
API = json.loads((ROOT / "bindings/api.json").read_text("utf-8"))
FUNCTIONS = {f["name"]: f for f in API["functions"]}
HANDLES = {h["name"] for h in API["handles"]}
TIMES = 400
ROOM = 1 << 16
SIZES = [0, 1, 7, 8, 9, 15, 16, 24, 40, 4096, 65528, 65535,
         (1 << 31) - 1, 1 << 31, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]
NUMBERS = {"int32_t": [0, 1, 2, 3, 7, 12, -1, 99, 2**31 - 1, -2**31],
           "int64_t": [0, 1, 2, 3, -1, 1000, 2**62, 2**63 - 1, -2**63],
           "uint64_t": [0, 1, 2**63, 2**64 - 1],
           "double": [0.0, -1.0, 1e308, float("inf"), float("nan")]}
C_TYPES = {"int32_t": c.c_int32, "int64_t": c.c_int64,
           "uint64_t": c.c_uint64, "double": c.c_double,
           "custcap_status": c.c_int32, "void": None}
TEXTS = [None, b"", b"ann", b"revenue.movements", b"\xff\xfe", b"us",
         b"2024-01-01", b"EUR", b"%n%s", b"x" * 2000]
#: A count that belongs to a pointer: what is behind one of ours is zeroes,
#: as many as fit; more is the caller's own fault.
COUNT = re.compile(r"count|rows|size|stride|length|capacity|columns|width")


def library():
    """The library, with what each function takes and gives."""
    loaded = c.CDLL(str(B / "libcustcap.so.0"))
    for name, function in FUNCTIONS.items():
        call = getattr(loaded, name)
        call.argtypes = [C_TYPES.get(p["ctype"], c.c_void_p)
                         for p in function["parameters"]]
        call.restype = C_TYPES.get(function["returns"], c.c_void_p)
    return loaded


def offset(struct, field):
    """Where a field stands in a struct."""
    return next(f["offset"] for s in API["structs"] if s["name"] == struct
                for f in s["fields"] if f["name"] == field)


def made(lib, name, *arguments):
    """What a call puts where its last parameter but one points."""
    out = c.c_void_p()
    status = getattr(lib, name)(*arguments, c.byref(out), None)
    assert status == 0, (name, status)
    return out.value


def template(lib, path):
    """A ledger of one entry, closed again."""
    ledger = made(lib, "custcap_ledger_create", path, None)
    batch = made(lib, "custcap_batch_new", ledger)
    names = (c.c_char_p * 3)(b"party", b"day", b"amount")
    cells = (c.c_char_p * 3)(b"ann", b"2024-01-15", b"100")
    assert lib.custcap_batch_add(batch, 7, names, 3, cells, None, 1,
                                 None) == 0
    assert lib.custcap_batch_commit(batch, None, None) == 0
    lib.custcap_batch_free(batch)
    lib.custcap_ledger_free(ledger)


def real_handles(lib, path):
    """One of each handle there is."""
    ledger = made(lib, "custcap_ledger_open", path, None)
    snapshot = made(lib, "custcap_snapshot_open", ledger, None)
    options = c.create_string_buffer(4096)
    lib.custcap_model_options_init(options)
    c.memmove(c.addressof(options) + offset("custcap_model_options", "model"),
              c.byref(c.c_char_p(b"sbg")), 8)
    found = {
        "custcap_error": lib.custcap_error_new(),
        "custcap_query": lib.custcap_query_new(),
        "custcap_ledger": ledger,
        "custcap_snapshot": snapshot,
        "custcap_batch": made(lib, "custcap_batch_new", ledger),
        "custcap_table": made(lib, "custcap_snapshot_measure", snapshot,
                              b"revenue.movements", None),
        "custcap_taxonomy": made(lib, "custcap_snapshot_taxonomy", snapshot),
        "custcap_model": made(lib, "custcap_model_new", options,
                              (c.c_double * 2)(1.0, 2.0), 2, 0, 0)}
    assert set(found) == HANDLES, set(found) ^ HANDLES
    return found


def argument(parameter, handles, dice, keep, empty):
    """A value for one parameter; empty: NULL or zero."""
    kind = parameter["ctype"]
    bare = kind.replace("const ", "").rstrip("* ")
    if kind == "custcap_status":
        kind = "int32_t"
    if kind in NUMBERS:
        return 0 if empty else dice.choice(NUMBERS[kind])
    if empty or dice.random() < 0.2:
        return None
    if kind.endswith("*") and not kind.endswith("**") and bare in HANDLES:
        return handles.get(bare)
    if kind == "const char *":
        return dice.choice(TEXTS)
    if kind.endswith("*"):
        room = c.create_string_buffer(ROOM)
        if bare.startswith("custcap_"):
            c.c_uint64.from_buffer(room).value = dice.choice(SIZES)
        keep.append(room)
        return c.addressof(room)
    return None  # a callback


def tame(function, values):
    """Counts no larger than what is behind a pointer of ours."""
    behind = any(v is not None and p["ctype"] not in NUMBERS and
                 p["ctype"].replace("const ", "").rstrip("* ") not in HANDLES
                 for p, v in zip(function["parameters"], values))
    for place, parameter in enumerate(function["parameters"]):
        if behind and parameter["ctype"] in NUMBERS and \
                COUNT.search(parameter["name"]) and values[place] > 2:
            values[place] = 2
    return values


def try_one(lib, name, ledger):
    """Call one function, over and over."""
    function = FUNCTIONS[name]
    dice = random.Random(name)
    path = os.fsencode(shutil.copy(ledger, "a.ledger"))
    handles = {} if name.endswith("_free") else real_handles(lib, path)
    for time in range(TIMES):
        keep = []
        values = [argument(p, handles, dice, keep, time == 0)
                  for p in function["parameters"]]
        getattr(lib, name)(*tame(function, values))
    again = made(lib, "custcap_ledger_open", path, None)
    assert lib.custcap_ledger_verify(again, None, None, None) == 0


def apart(call, *arguments):
    """A call in a process and a folder of its own: its wait status."""
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if child == 0:
            os.chdir(folder)
            signal.alarm(60)
            try:
                call(*arguments)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)  # what leaked is not the question here
        return os.waitpid(child, 0)[1]


def main():
    failed, lib = False, library()

    def say(status, name):
        nonlocal failed
        failed |= status != 0
        print(f"not ok abi/{name}: wait status {status}" if status
              else f"ok abi/{name}")

    with tempfile.TemporaryDirectory() as folder:
        ledger = os.path.join(folder, "template.ledger")
        say(apart(template, lib, os.fsencode(ledger)), "a ledger to try")
        for name in sorted(FUNCTIONS):
            say(apart(try_one, lib, name, ledger), f"nonsense for {name}")
    # The control: no handle stands at 8.
    died = apart(lib.custcap_table_rows, 8)
    say(0 if died == signal.SIGSEGV or died & 128 else 1,
        "a call that dies is noticed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
