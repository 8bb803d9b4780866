"""bindings/api.json is what the headers say now, and tools/describe reads
headers as they are written.

The second part runs it on a small header of its own whose description is
known by hand: directions, statuses in both ways to say them, threads and
since, callbacks, arrays, offsets by the rules of LP64 (a member stands at a
multiple of its size, a struct's size is a multiple of its widest member).
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FAILED = []

STATUS = """/** @file status.h
 * @brief Statuses. */
#include <stdint.h>
/** Moves. */
#define CUSTCAP_VERSION_MAJOR 1
/** Moves. */
#define CUSTCAP_VERSION_MINOR 2
/** Moves. */
#define CUSTCAP_VERSION_PATCH 3
/** @name Statuses
 *  @{ */
#define CUSTCAP_OK 0       /**< Done. */
#define CUSTCAP_INVALID 10 /**< Not allowed. */
#define CUSTCAP_NOMEM 20   /**< No memory. */
/** @} */
/** What came of it. */
typedef int32_t custcap_status;
"""
THING = """/** @file thing.h
 * @brief A thing.
 *
 * First paragraph,
 * of two lines.
 *
 * - one
 * - two
 *
 * | a | b |
 * |---|---|
 * | c | d |
 *
 * @code
 * int x = 1; // "y"
 * @endcode
 *
 * Threads: shared-read.  Since 1.2.
 */
#include "status.h"
/** A shift. */
#define CUSTCAP_THING_BIT (1 << 4)
/** Least. */
#define CUSTCAP_THING_LEAST INT32_MIN
#define CUSTCAP_THING_API __attribute__((visibility("default")))

/** Opaque. */
typedef struct custcap_thing custcap_thing;

/** @brief Called back.
 *  @param context given
 *  @return not 0: stop */
typedef int32_t (*custcap_call)(void *context, const char *text);

/** Laid out. */
typedef struct custcap_laid {
    uint64_t struct_size; /**< Bytes. */
    int32_t small;        /**< 4 bytes. */
    double number;        /**< 8 bytes, after 4 of padding. */
    uint8_t bytes[3];     /**< 3 bytes. */
    /** A function. */
    int64_t (*clock)(void *context);
    custcap_call call;    /**< Another. */
} custcap_laid;

/**
 * @brief Make one.
 *
 * Some words on `name`.
 * @param name of it
 * @param[in,out] laid both ways
 * @param[out] thing owned by the caller
 * @retval CUSTCAP_INVALID it is wrong
 * @retval CUSTCAP_NOMEM there is none
 *
 * Threads: any.  Since 1.3.
 */
custcap_status custcap_thing_new(const char *name, custcap_laid *laid,
                                 custcap_thing **thing);

/** @brief How many.
 *  @param values,count the numbers
 *  @return INVALID (a number (any)), NOMEM */
custcap_status custcap_thing_count(const int64_t *const *values,
                                   int64_t count);
"""


def say(good, name, why=""):
    print(f"ok docs/{name}" if good else f"not ok docs/{name} {why}".rstrip())
    if not good:
        FAILED.append(name)


def described(folder, headers):
    """The description of some headers, by the script in a folder."""
    root = folder / "root"
    shutil.rmtree(root, ignore_errors=True)
    (root / "tools").mkdir(parents=True)
    (root / "include/custcap").mkdir(parents=True)
    shutil.copy(ROOT / "tools/describe", root / "tools/describe")
    shutil.copy(ROOT / "Doxyfile", root / "Doxyfile")
    for name, text in headers.items():
        (root / "include/custcap" / name).write_text(text, "utf-8")
    subprocess.run([root / "tools/describe", root / "api.json"], check=True)
    return json.loads((root / "api.json").read_text("utf-8"))


def test_fresh(folder):
    headers = {p.name: p.read_text("utf-8")
               for p in (ROOT / "include/custcap").glob("*.h")}
    kept = json.loads((ROOT / "bindings/api.json").read_text("utf-8"))
    say(described(folder, headers) == kept, "bindings/api.json is fresh",
        "run make describe")
    old = "int64_t custcap_table_rows(const custcap_table *table)"
    assert old in headers["table.h"]
    headers["table.h"] = headers["table.h"].replace(
        old, old.replace("int64_t", "int32_t"))
    say(described(folder, headers) != kept, "a changed header is noticed")


def test_known(folder):
    api = described(folder, {"status.h": STATUS, "thing.h": THING})
    thing = api["headers"][1]
    new, count = api["functions"]
    laid = api["structs"][0]
    checks = {
        "version": (api["version"], "1.2.3"),
        "header": ([thing["brief"], thing["threads"], thing["examples"]],
                   ["A thing.", "shared-read", ['int x = 1; // "y"']]),
        "paragraphs": (thing["detail"].split("\n\n"),
                       ["First paragraph, of two lines.", "- one", "- two",
                        "a: b", "- c: d"]),
        "constants": ([(c["name"], c["value"]) for c in api["constants"]
                       if c["header"] == "thing.h"],
                      [("CUSTCAP_THING_BIT", 16),
                       ("CUSTCAP_THING_LEAST", -2147483648)]),
        "handles": ([h["name"] for h in api["handles"]], ["custcap_thing"]),
        "callback": ([api["callbacks"][0][k] for k in ("name", "returns")] +
                     [p["ctype"] for p in api["callbacks"][0]["parameters"]],
                     ["custcap_call", "int32_t", "void *", "const char *"]),
        "layout": ([(f["name"], f["offset"], f["size"], f["array"])
                    for f in laid["fields"]] + [laid["size"]],
                   [("struct_size", 0, 8, None), ("small", 8, 4, None),
                    ("number", 16, 8, None), ("bytes", 24, 3, 3),
                    ("clock", 32, 8, None), ("call", 40, 8, None), 48]),
        "function pointer": (laid["fields"][4]["callback"],
                             {"returns": "int64_t", "parameters":
                              [{"name": "context", "ctype": "void *"}]}),
        "parameters": ([(p["ctype"], p["name"], p["direction"], p["brief"])
                        for p in new["parameters"]],
                       [("const char *", "name", "in", "of it"),
                        ("custcap_laid *", "laid", "in,out", "both ways"),
                        ("custcap_thing **", "thing", "out",
                         "owned by the caller")]),
        "statuses": (new["statuses"],
                     [{"name": "CUSTCAP_INVALID", "cause": "it is wrong"},
                      {"name": "CUSTCAP_NOMEM", "cause": "there is none"}]),
        "threads": ([new["threads"], new["since"]], ["any", "1.3"]),
        "detail": (new["detail"], "Some words on `name`."),
        "the short way": (count["statuses"],
                          [{"name": "CUSTCAP_INVALID",
                            "cause": "a number (any)"},
                           {"name": "CUSTCAP_NOMEM", "cause": "no memory"}]),
        "the header's threads": ([count["threads"], count["since"]],
                                 ["shared-read", "1.2"]),
        "pointers": (count["parameters"][0]["ctype"],
                     "const int64_t *const *"),
    }
    for name, (have, want) in checks.items():
        say(have == want, f"describe: {name}", f"{have} != {want}")


def main():
    if not shutil.which("doxygen"):
        print("skip docs/describe - no doxygen")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        test_fresh(pathlib.Path(folder))
        test_known(pathlib.Path(folder))
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
