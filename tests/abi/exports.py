"""Five lists of what the library gives must agree, and its structs stay.

The lists: what the headers declare (read here with a regular expression, not
with Doxygen); lib/custcap.map, kept by hand; what `nm -D` finds in the shared
library; tests/abi/exports.txt, kept by hand with the version each came with;
and bindings/api.json, which is generated.  Nothing but custcap_* is exported.

The structs: each begins with struct_size, holds only the types INTERFACES.md
allows and no hidden padding; sizes and offsets are what the compiler says
they are in tests/abi/layout.c (kept by hand) and in bindings/api.json.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
B = (ROOT / os.environ.get("B", "build")).resolve()
CC = os.environ.get("CC", "cc")
API = json.loads((ROOT / "bindings/api.json").read_text("utf-8"))
HEADERS = sorted((ROOT / "include/custcap").glob("*.h"))
FAILED = []


def say(good, name, why=""):
    print(f"ok abi/{name}" if good else f"not ok abi/{name} {why}".rstrip())
    if not good:
        FAILED.append(name)


def bare(path):
    """A header without comments and without what the preprocessor takes."""
    text = re.sub(r"/\*.*?\*/", " ", path.read_text("utf-8"), flags=re.S)
    return re.sub(r"^#.*?(?<!\\)$", "", text, flags=re.M)


def of_headers(texts):
    return sorted(name for text in texts for name in
                  re.findall(r"CUSTCAP_API\b[^;(]*?\b(\w+)\s*\(", text))


def of_map(text):
    """[(version, name)] of a version script."""
    found, version = [], ""
    for line in text.splitlines():
        node = re.match(r"CUSTCAP_([\d.]+) \{", line)
        version = node[1] if node else version
        name = re.match(r"    (\w+);$", line)
        if name:
            found.append((version, name[1]))
    return found


def of_library(path):
    run = subprocess.run(["nm", "-D", "--defined-only", path], check=True,
                         capture_output=True, text=True)
    symbols = [line.split()[1:] for line in run.stdout.splitlines()]
    return sorted(name.split("@")[0] for kind, name in symbols
                  if kind != "A")


def of_list(text):
    """[(since, name)]: a name and the version it came with, a line."""
    return [tuple(reversed(line.split())) for line in text.splitlines()
            if line and not line.startswith("#")]


def difference(a, b):
    only_a, only_b = sorted(set(a) - set(b)), sorted(set(b) - set(a))
    twice = sorted({n for n in a if list(a).count(n) > 1})
    return " ".join([f"+{n}" for n in only_a] + [f"-{n}" for n in only_b] +
                    [f"twice:{n}" for n in twice])


def test_lists():
    headers = of_headers(bare(h) for h in HEADERS)
    in_map = of_map((ROOT / "lib/custcap.map").read_text())
    kept = of_list((ROOT / "tests/abi/exports.txt").read_text())
    api = [(f["since"], f["name"]) for f in API["functions"]]
    library = of_library(B / "libcustcap.so")
    lists = {"the map": [n for _, n in in_map],
             "the library": library,
             "exports.txt": [n for _, n in kept],
             "api.json": [n for _, n in api]}
    say(len(headers) > 100, "the headers are read", str(len(headers)))
    for name, one in lists.items():
        say(sorted(one) == headers, f"exports: {name} and the headers agree",
            difference(one, headers))
    foreign = [n for n in library if not n.startswith("custcap_")]
    say(not foreign, "only custcap_* is exported", " ".join(foreign))
    say(sorted(in_map) == sorted(kept) == sorted(api),
        "exports came when the map, exports.txt and the headers say",
        difference(in_map, kept) + difference(api, kept))
    say(difference(headers[1:], headers) == f"-{headers[0]}" and
        difference(headers + ["x"], headers) == "+x",
        "a missing and an extra export are noticed")


# --- structs ----------------------------------------------------------------

ALLOWED = {"int32_t", "uint32_t", "int64_t", "uint64_t", "double"}
# Not ours to shape: they are fixed by the Arrow C data interface.
FOREIGN = ("Arrow",)


def own_structs():
    return [s for s in API["structs"] if not s["name"].startswith(FOREIGN)]


def layout_errors(struct):
    """What is against the rules in one struct."""
    first, errors, end = struct["fields"][0], [], 0
    if (first["name"], first["ctype"]) != ("struct_size", "uint64_t"):
        errors.append("does not begin with struct_size")
    callbacks = {c["name"] for c in API["callbacks"]}
    for field in struct["fields"]:
        if field["offset"] != end:
            errors.append(f"padding before {field['name']}")
        end = field["offset"] + field["size"]
        bytes_of = field["ctype"] == "uint8_t" and field["array"]
        if not (field["ctype"] in ALLOWED | callbacks or bytes_of or
                field["ctype"].endswith("*") or "callback" in field):
            errors.append(f"{field['name']} is {field['ctype']}")
    if end != struct["size"]:
        errors.append("padding at the end")
    return errors


def test_structs():
    bad = [f"{s['name']}: {e}" for s in own_structs()
           for e in layout_errors(s)]
    say(not bad, "structs begin with their size and have no padding",
        "; ".join(bad))
    wrong = {"name": "custcap_wrong", "size": 16, "fields": [
        {"name": "struct_size", "ctype": "uint64_t", "array": None,
         "offset": 0, "size": 8},
        {"name": "flag", "ctype": "int8_t", "array": None, "offset": 8,
         "size": 1}]}
    say(layout_errors(wrong) == ["flag is int8_t", "padding at the end"],
        "padding and a small type are noticed", str(layout_errors(wrong)))


def test_functions():
    """Only int32, int64, uint64, double and pointers cross."""
    words = {"int32_t", "int64_t", "uint64_t", "double", "void",
             "custcap_status"} | {c["name"] for c in API["callbacks"]}
    bad = []
    for f in API["functions"]:
        kinds = [f["returns"]] + [p["ctype"] for p in f["parameters"]]
        bad += [f"{f['name']}: {k}" for k in kinds
                if k not in words and not k.endswith("*")]
        names = [p["ctype"] for p in f["parameters"]]
        if f["returns"] == "custcap_status" and len(names) > 1 and \
                names[-1] != "custcap_error *":
            bad.append(f"{f['name']}: does not end with the error")
        if "..." in names:
            bad.append(f"{f['name']}: varargs")
    text = " ".join(bare(h) for h in HEADERS)
    bad += re.findall(r"\b(?:enum|bool|union|inline|size_t|long)\b", text)
    say(not bad, "only the types INTERFACES.md allows cross",
        "; ".join(bad[:8]))


def generated_asserts():
    """The layouts of api.json as C."""
    lines = ["#include <custcap/custcap.h>", "#include <stddef.h>"]
    lines += [f"#include <custcap/{h.name}>" for h in HEADERS]
    for s in API["structs"]:
        tag = s["name"] if s["name"].startswith("custcap_") \
            else f"struct {s['name']}"
        lines.append(f"_Static_assert(sizeof({tag}) == {s['size']}, \"\");")
        lines += [f"_Static_assert(offsetof({tag}, {f['name']}) =="
                  f" {f['offset']}, \"{f['name']}\");" for f in s["fields"]]
    return "\n".join(lines) + "\n"


def compiles(text):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "layout.c"
        file.write_text(text)
        run = subprocess.run(
            [CC, "-std=c11", "-Wall", "-Werror", "-Wpadded",
             f"-I{ROOT}/include", "-fsyntax-only", file],
            capture_output=True, text=True)
    return run.returncode == 0, run.stderr[:300].replace("\n", " ")


def test_layout():
    if sys.maxsize < 2 ** 32:
        print("skip abi/layouts - pointers have 4 bytes here")
        return
    good, why = compiles(generated_asserts())
    say(good, "api.json's layouts are the compiler's", why)
    kept = (ROOT / "tests/abi/layout.c").read_text()
    good, why = compiles(kept)
    say(good, "layout.c's layouts are the compiler's", why)
    missing = [f"{s['name']}.{f['name']}" for s in own_structs()
               for f in s["fields"]
               if not re.search(rf"\b{s['name']}, {f['name']},", kept)]
    say(not missing, "layout.c has every field", " ".join(missing[:8]))
    good, _ = compiles(kept + "LAYOUT(custcap_head, time, 8);\n")
    say(not good, "a wrong layout is noticed")


def main():
    test_lists()
    test_structs()
    test_functions()
    test_layout()
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
