#!/usr/bin/env python3
"""Importing CSV: what is accepted, what is refused, and where it says so."""
import csv
import io
import sys

from cli import good, holds, main, rows, run, same, write

HEADER = "party,day,amount\n"
GOOD = "a,2024-01-01,1\n"

# name: (record, content, exit code, words on standard error)
BAD = {
    "day": ("entry", HEADER + GOOD + "b,2024-02-30,1\n", 1,
            'f.csv:3:2: day: "2024-02-30" where a day that exists'),
    "day text": ("entry", HEADER + "b,yesterday,1\n", 1,
                 'f.csv:2:2: day: "yesterday"'),
    "day year": ("entry", HEADER + "b,0000-01-01,1\n", 1, "f.csv:2:2: day"),
    "amount text": ("entry", HEADER + GOOD + GOOD + "b,2024-01-01,1x\n", 1,
                    'f.csv:4:3: amount: "1x" where a decimal number'),
    "amount digits": ("entry", HEADER + "b,2024-01-01,1.234\n", 1,
                      'f.csv:2:3: amount: "1.234" has more digits'),
    "amount comma": ("entry", HEADER + 'b,2024-01-01,"1,5"\n', 1,
                     'f.csv:2:3: amount: "1,5"'),
    "amount empty": ("entry", HEADER + "b,2024-01-01,\n", 1,
                     "f.csv:2:3: amount is empty"),
    "amount large": ("entry", HEADER + "b,2024-01-01,92233720368547758.08\n",
                     1, "f.csv:2:3: amount"),
    "amount blank": ("entry", HEADER + "b,2024-01-01, 1\n", 1,
                     'f.csv:2:3: amount: " 1"'),
    "yen have no digits": (
        "entry", "party,day,amount,unit\nb,2024-01-01,1.5,JPY\n", 1,
        'f.csv:2:3: amount: "1.5" has more digits than the 0 of JPY'),
    "unit": ("entry", "party,day,amount,unit\nb,2024-01-01,1,XQX\n", 1,
             'f.csv:2:4: unit: "XQX" where a known unit'),
    "code": ("entry", "party,day,amount,code\nb,2024-01-01,1,gift\n", 1,
             'f.csv:2:4: code: "gift"'),
    "party empty": ("entry", HEADER + ",2024-01-01,1\n", 1,
                    "f.csv:2:1: party is empty"),
    "party bytes": ("entry",
                    HEADER.encode() + b"\xff\xfe\xfd,2024-01-01,1\n", 1,
                    "f.csv:2:1: party"),
    "end before day": (
        "entry", "party,day,end,amount\nb,2024-01-02,2024-01-01,1\n", 1,
        'f.csv:2:3: end: "2024-01-01" where a day not before'),
    "ref unknown": ("entry", "party,day,amount,ref\nb,2024-01-01,1,k9\n", 1,
                    "f.csv:2:4: "),
    "role": ("role", "party,role,from\nb,emperor,2024-01-01\n", 1,
             'f.csv:2:2: role: "emperor"'),
    "relation type": ("relation", "party,type,other,from\n"
                      "b,admires,c,2024-01-01\n", 1, "f.csv:2:2: type"),
    "relation to itself": ("relation", "party,type,other,from\n"
                           "b,referred-by,b,2024-01-01\n", 6, "referred"),
    "event number": ("event", "party,day,kind,number\n"
                     "b,2024-01-01,score,ten\n", 1, "f.csv:2:4: number"),
    "consent given": ("consent", "party,day,purpose,given\n"
                      "b,2024-01-01,analytics,perhaps\n", 1,
                      "f.csv:2:4: given"),
    "column missing": ("entry", "party,day\na,2024-01-01\n", 1,
                       "f.csv:1: entry needs the field amount"),
    "column missing, no rows": ("entry", "party,day\n", 1,
                                "f.csv:1: entry needs the field amount"),
    "column unknown": ("entry", "party,day,colour,amount\na,2024-01-01,x,1\n",
                       1, "f.csv:1:3: entry has no field colour"),
    "column twice": ("entry", "party,day,amount,day\n"
                     "a,2024-01-01,1,2024-01-01\n", 1,
                     "field day is given twice"),
    "cells too few": ("entry", HEADER + GOOD + "b,2024-01-01\n", 1,
                      "f.csv:3: 2 cells, where the header has 3"),
    "cells too many": ("entry", HEADER + "b,2024-01-01,1,2\n", 1,
                       "f.csv:2: 4 cells, where the header has 3"),
    "quote left open": ("entry", HEADER + GOOD + '"b,2024-01-01,1\n' + GOOD,
                        1, "f.csv:3: "),
    "quote inside": ("entry", HEADER + GOOD + 'b"c,2024-01-01,1\n', 1,
                     "f.csv:3: a quote"),
    "text after a quote": ("entry", HEADER + '"b"c,2024-01-01,1\n', 1,
                           "f.csv:2: a quote"),
    "nul": ("entry", HEADER.encode() + GOOD.encode() + b"b\0,2024-01-01,1\n",
            1, "f.csv:3: a NUL byte"),
    "utf-16 le": ("entry", b"\xff\xfe" + HEADER.encode("utf-16-le"), 1,
                  "f.csv:1: the file is UTF-16"),
    "utf-16 be": ("entry", b"\xfe\xff" + HEADER.encode("utf-16-be"), 1,
                  "f.csv:1: the file is UTF-16"),
    "utf-16 without a mark": ("entry", HEADER.encode("utf-16-le"), 1,
                              "f.csv:1: a NUL byte"),
    "empty": ("entry", "", 1, "f.csv:1: the file is empty"),
    "nothing but lines": ("entry", "\n\n\r\n", 1, "the file is empty"),
    "key twice": ("entry", "party,day,amount,key\na,2024-01-01,1,k\n"
                  "a,2024-01-01,1,j\na,2024-01-01,2,k\n", 5, "f.csv:4:3: "),
    "line after quoted lines": (
        "entry", "party,day,document,amount\n\n"
        'a,2024-01-01,"two\nlines",1\n\r\nb,2024-01-01,x,?\n', 1,
        'f.csv:6:4: amount: "?"'),
    "line after returns": ("entry", "party,day,amount\r\na,2024-01-01,1\r\n"
                           "\r\nb,2024-01-01,?\r\n", 1, "f.csv:4:3: "),
    "line of old macs": ("entry", "party,day,amount\ra,2024-01-01,1\r"
                         "b,2024-01-01,?", 1, "f.csv:3:3: "),
    "far down": ("entry", HEADER + GOOD * 70000 + "b,2024-01-01,?\n", 1,
                 "f.csv:70002:3: "),
    "the first of two": ("entry", HEADER + "a,?,1\n" + GOOD * 30000 + "a\n",
                         1, "f.csv:2:2: "),
}


def what_is_bad_is_named_and_leaves_nothing():
    good("init", "l")
    before = good("head", "l").out
    for name, (record, content, code, words) in BAD.items():
        write("f.csv", content)
        done = run("import", "l", record, "f.csv")
        if done.code != code or words not in done.err:
            raise AssertionError(f"{name}: exit {done.code}: {done.err}")
        same(good("head", "l").out, before)
    same(len(good("export", "l", "party").out.splitlines()), 1)


def what_is_good_is_accepted():
    good("init", "l")
    cases = [
        ("entry", HEADER + "a,2024-01-01,1", 1),          # no last line end
        ("entry", b"\xef\xbb\xbf" + HEADER.encode() + GOOD.encode(), 1),
        ("entry", HEADER, 0),
        ("entry", HEADER + "\n\n" + GOOD + "  \n\n", 1),  # empty lines
        ("entry", HEADER + "a,2024-02-29,92233720368547758.07\n", 1),
        ("entry", HEADER + "a,9999-12-31,-92233720368547758.07\n", 1),
        ("entry", HEADER + "a,0001-01-01,0\n", 1),
        ("entry", HEADER + '"a","2024-01-01","1"\r\n', 1),
        ("entry", "party,day,amount,unit\na,2024-01-01,1.005,KWD\n"
         "a,2024-01-01,7,JPY\n", 2),
        ("entry", HEADER + "a,2024-01-01T10:00:00Z,1\n", 1),
        ("role", "party,role,from,to\na,member,2024-01-01,\n", 1),
        ("event", "party,day,kind,object,number,source_id\n"
         "a,2024-01-01,score,desk,9.5,s1\n", 1),
        ("item", "key,party,kind,day\ni1,a,idea,2024-01-01\n", 1),
        ("move", "item,state,day\ni1,prototype,2024-01-02\n", 1),
        ("consent", "party,day,purpose,given\na,2024-01-01,analytics,yes\n",
         1),
        ("party", "party,form,name\nacme,organisation,Acme Ltd\n", 1),
        ("link", "party,other,from\na2,a,2024-01-01\n", 1),
    ]
    for record, content, count in cases:
        write("f.csv", content)
        done = good("import", "l", record, "f.csv")
        holds(done.err, f"{count} new")
    same(good("verify", "l").out, "ok\n")


def a_dry_run_does_everything_and_keeps_nothing():
    good("init", "l")
    before = good("head", "l").out
    write("f.csv", HEADER + GOOD * 20000 + "b,2024-01-01,1\n")
    done = good("import", "l", "entry", "f.csv", "--dry-run")
    holds(done.err, "dry run: 20001 new")
    holds(done.err, "2 parties")
    same(good("head", "l").out, before)
    write("f.csv", HEADER + GOOD + "b,2024-01-01,?\n")
    same(run("import", "l", "entry", "f.csv", "--dry-run").code, 1)


def keys_make_it_exactly_once():
    good("init", "l")
    write("f.csv", "party,day,amount,key\n" + "".join(
        f"p{i},2024-01-01,{i},k{i}\n" for i in range(3000)))
    holds(good("import", "l", "entry", "f.csv").err, "3000 new, 0 existing")
    holds(good("import", "l", "entry", "f.csv").err, "0 new, 3000 existing")
    # Another source is another name space.
    holds(good("import", "l", "entry", "f.csv", "--source=web").err,
          "3000 new")
    write("g.csv", "party,day,amount,key\nz,2024-01-01,1,new\n"
          "p7,2024-01-01,8,k7\n")
    done = run("import", "l", "entry", "g.csv")
    same(done.code, 5)
    holds(done.err, "g.csv:3:3: ")
    assert "z," not in good("export", "l", "party").out


def a_stream_is_a_file():
    good("init", "l")
    content = (HEADER + GOOD * 12345).encode()
    holds(good("import", "l", "entry", "-", stdin=content).err, "12345 new")
    done = run("import", "l", "entry", "-", stdin=content + b"b,?,1\n")
    same(done.code, 1)
    holds(done.err, "-:12347:2: day")


def quotes_may_come_late():
    """The same rows and lines, wherever the first quote or return is."""
    endings = ('"q,1",2024-01-01,1\n', '"q\n1",2024-01-01,1\n',
               "q,2024-01-01,1\r\n", "q,2024-01-01,1\r", "q,2024-01-01,1\n")
    for shift, ending in enumerate(endings):
        # Blocks are of 256 KiB: the ending is in the second or third.
        count = 14600 + 7000 * (shift % 2)
        plain = "".join(f"p{i % 97},2024-01-01,1\n" for i in range(count))
        content = HEADER + plain + "\n" + ending + GOOD
        # Header, rows, an empty line, the ending, a good row, the bad one.
        lines = 1 + count + 1 + 1 + 1 + 1 + ending.count("\n1")
        good("init", f"l{shift}")
        write("f.csv", content + "b,?,1\n")
        done = run("import", f"l{shift}", "entry", "f.csv")
        holds(done.err, f"f.csv:{lines}:2: day")
        # A last line without its end counts, too.
        write("f.csv", content + "b,2024-01-01,1")
        done = good("import", f"l{shift}", "entry", "f.csv")
        holds(done.err, f"{count + 3} new")
        same(rows("measure", f"l{shift}", "revenue.movements")[0]["closing"],
             f"{count + 3}.00")


def many_words_and_parties_fit():
    """Every row brings a party, a line and a channel: four records each."""
    good("init", "l")
    write("f.csv", "party,day,amount,line,channel\n" + "".join(
        f"p{i},2024-01-01,1,l{i},c{i}\n" for i in range(30000)))
    done = good("import", "l", "entry", "f.csv")
    holds(done.err, "30000 new")
    holds(done.err, "30000 parties, 60000 words")
    same(rows("measure", "l", "revenue.movements")[0]["closing"],
         "30000.00")


def mapped(mapping, content):
    write("m.map", mapping)
    write("f.csv", content)
    good("init", "l")
    return run("import", "l", "entry", "f.csv", "--map=m.map")


def rows_of_export():
    return list(csv.DictReader(io.StringIO(
        good("export", "l", "entry").out)))


def a_mapping_reads_other_peoples_files():
    done = mapped("""# a comment
delimiter = ";"
source = shop
party = Customer No.
day = Order date
day-format = DD/MM/YYYY
amount = Net
decimal = ","
sign = -1
rounding = half-up
line = "coffee"
unit = "EUR"
key = Order + Line
skip-if = Status "not paid"
skip-if = Net empty
""", "Order;Line;Customer No.;Order date;Net;Status;Other\n"
                  "1;1;7;31/12/2024;10,005;paid;x\n"
                  "1;2;7;31/12/2024 23:59;-3,5;paid;x\n"
                  "2;1;8;01/02/2024;1;not paid;x\n"
                  "3;1;8;01/02/2024;;paid;x\n"
                  "4;1;8;01/02/2024;0,00;paid;x\n")
    same(done.code, 0)
    holds(done.err, "3 new, 0 existing, 2 skipped")
    same([(r["party"], r["day"], r["amount"], r["line"], r["unit"])
          for r in rows_of_export()],
         [("7", "2024-12-31", "-10.01", "coffee", "EUR"),
          ("7", "2024-12-31", "3.50", "coffee", "EUR"),
          ("8", "2024-02-01", "0.00", "coffee", "EUR")])
    # Its keys are those of the source, joined by a slash.
    write("k.csv", "party,day,amount,key,line,unit\n"
          "7,2024-12-31,-10.01,1/1,coffee,EUR\n")
    holds(good("import", "l", "entry", "k.csv", "--source=shop").err,
          "0 new, 1 existing")


def rounding_is_as_asked():
    # 0.125 0.135 -0.125 0.0051 1.5e-1: by the rules' own definitions.
    expected = {"half-even": ["0.12", "0.14", "-0.12", "0.01", "0.15"],
                "half-up": ["0.13", "0.14", "-0.13", "0.01", "0.15"],
                "down": ["0.12", "0.13", "-0.12", "0.00", "0.15"]}
    for i, (name, amounts) in enumerate(expected.items()):
        write("m.map", "party = p\nday = d\namount = a\n"
              f"rounding = {name}\n")
        write("f.csv", "p,d,a\n" + "".join(
            f"x,2024-01-01,{a}\n"
            for a in ("0.125", "0.135", "-0.125", "0.0051", "1.5e-1")))
        good("init", f"l{i}")
        good("import", f"l{i}", "entry", "f.csv", "--map=m.map")
        lines = good("export", f"l{i}", "entry").out.splitlines()[1:]
        same([line.split(",")[2] for line in lines], amounts)


def exponents_are_written_out():
    write("m.map", "party = p\nday = d\namount = a\nrounding = down\n")
    good("init", "l")
    cases = {"4.440892e-16": "0.00", "1e3": "1000.00", "-2.5E+2": "-250.00",
             "12.345e1": "123.45", "5e-1": "0.50", "0e9": "0.00",
             "123.4e-1": "12.34", "+7e0": "7.00"}
    write("f.csv", "p,d,a\n" + "".join(
        f"x,2024-01-01,{a}\n" for a in cases))
    good("import", "l", "entry", "f.csv", "--map=m.map")
    same([r["amount"] for r in rows_of_export()], list(cases.values()))
    for bad in ("1e", "e5", "1e99", "1e1000", "1.e2e2", "--1e2"):
        write("f.csv", f"p,d,a\nx,2024-01-01,{bad}\n")
        done = run("import", "l", "entry", "f.csv", "--map=m.map")
        same(done.code, 1)
        holds(done.err, "f.csv:2:3: column a: amount")


def files_without_a_header_or_commas():
    done = mapped("""delimiter = spaces
header = no
columns = id, date, n, dollars
skip-if = id customer_id
party = id
day = date
day-format = YYYYMMDD
amount = dollars
""", " customer_id  date n dollars\r\n 00001 19970101  1   11.77\r\n"
                  " 00002 19970112  1   12.00\r\n\r\n"
                  "\t00002 19970112  5   77.00")
    same(done.code, 0)
    same([(r["party"], r["day"], r["amount"]) for r in rows_of_export()],
         [("00001", "1997-01-01", "11.77"), ("00002", "1997-01-12", "12.00"),
          ("00002", "1997-01-12", "77.00")])
    write("f.csv", " 1 19970101 1 11.77\n\n 1 19970230 1 1\n")
    done = run("import", "l", "entry", "f.csv", "--map=m.map")
    holds(done.err, 'f.csv:3:2: column date: day: "19970230" where a day '
          "that exists (YYYYMMDD)")
    write("f.csv", " 1 19970101 1 11.77\n 1 19970101 1\n")
    done = run("import", "l", "entry", "f.csv", "--map=m.map")
    holds(done.err, "f.csv:2: 3 cells, where the header has 4")


def a_subscription_becomes_months():
    done = mapped("""party = account
day = start
amount = price
line = plan
key = id
repeat-monthly-until = stop "2024-04-01"
skip-if = price 0
""", "id,account,start,stop,plan,price\n"
                  "s1,a,2024-01-31,2024-04-30,pro,10\n"   # Jan, Feb, Mar
                  "s2,b,2024-02-15,,basic,5\n"            # Feb, Mar
                  "s3,c,2024-03-01,2024-03-01,basic,5\n"  # no month at all
                  "s4,d,2024-01-01,,basic,0\n")           # a trial
    same(done.code, 0)
    holds(done.err, "5 new, 0 existing, 2 skipped")
    same([(r["party"], r["day"], r["end"]) for r in rows_of_export()],
         [("a", "2024-01-31", "2024-02-29"), ("a", "2024-02-29",
                                              "2024-03-31"),
          ("a", "2024-03-31", "2024-04-30"), ("b", "2024-02-15",
                                              "2024-03-15"),
          ("b", "2024-03-15", "2024-04-15")])
    # A later file that goes on for longer adds only what is new.
    text = open("m.map").read().replace("2024-04-01", "2024-06-01")
    write("m.map", text)
    holds(good("import", "l", "entry", "f.csv", "--map=m.map").err,
          "2 new, 5 existing")
    for row, words in (("s5,e,2024-01-02,2024-01-01,pro,1",
                        'f.csv:2:4: column stop: until: "2024-01-01"'),
                       ("s5,e,2024-01-02,soon,pro,1",
                        'f.csv:2:4: column stop: until: "soon"'),
                       ("s5,e,first,,pro,1",
                        'f.csv:2:3: column start: day: "first"'),
                       ("s5,e,1024-01-02,,pro,1", "within 1200 months")):
        write("f.csv", "id,account,start,stop,plan,price\n" + row + "\n")
        done = run("import", "l", "entry", "f.csv", "--map=m.map")
        same(done.code, 1)
        holds(done.err, words)


def slips_in_a_mapping_are_named():
    good("init", "l")
    write("f.csv", "a,b,c\n1,2,3\n")
    for text, words in (
            ("party", "m.map:1: expected name = value"),
            ("party = a\nday = b\nday = c\n", "m.map:3: the field has a"),
            ("\nsign = 2\n", "m.map:2: expected 1 or -1"),
            ("rounding = up\n", "m.map:1: expected half-even"),
            ("delimiter = x\n", "m.map:1: expected"),
            ("decimal = ';'\n", "m.map:1: expected"),
            ("day-format = DD.MM\n", "m.map:1: expected YYYY"),
            ("header = no\n", "m.map: a file without a header"),
            ("columns = a, b\n", "m.map: columns are named"),
            ("skip-if = a\n", "m.map:1: expected a column and a value"),
            ("key = a + + b\n", "m.map:1: expected a column"),
            ('repeat-monthly-until = a "soon"\n', "m.map:1: expected"),
            ('party = a\nrepeat-monthly-until = a\n', "needs the field day"),
            ("party = customer\nday = a\namount = b\n",
             'f.csv:1: there is no column "customer" (m.map:1)'),
            ("party = a\nday = b\namount = c\nskip-if = z 1\n",
             'there is no column "z" (m.map:4)'),
            ("party = a\nday = b\namount = c\ncolour = a\n",
             "f.csv:1:1: column a: entry has no field colour"),
            ("party = a\nday = b\n", "entry needs the field amount")):
        write("m.map", text)
        done = run("import", "l", "entry", "f.csv", "--map=m.map")
        if done.code != 1 or words not in done.err:
            raise AssertionError(f"{text!r}: {done.code} {done.err}")
    same(run("import", "l", "entry", "f.csv", "--map=none.map").code, 1)


def a_mapping_is_lines_of_some_length():
    """A line of 65,535 bytes is read, one of 65,536 is refused; so is a file
    that never ends."""
    good("init", "l")
    write("f.csv", "a,b,c\nx,2024-01-01,3\n")
    rest = "party = a\nday = b\namount = c"
    write("m.map", "#" + "x" * 65534 + "\n" + rest)
    holds(good("import", "l", "entry", "f.csv", "--map=m.map").err, "1 new")
    write("m.map", rest + "\n#" + "x" * 65535 + "\n")
    done = run("import", "l", "entry", "f.csv", "--map=m.map")
    same(done.code, 1)
    holds(done.err, "m.map:4: expected lines of less than 65536 bytes")
    done = run("import", "l", "entry", "f.csv", "--map=/dev/zero")
    same(done.code, 1)
    holds(done.err, "/dev/zero:1: expected lines")


def a_million_bytes_are_refused_in_few_words():
    """In any cell, in a header, and in every kind of argument: the place is
    named, the value only begun, and nothing is recorded."""
    good("init", "l")
    good("post", "l", "entry", "party=b", "day=2024-01-01", "amount=1")
    before = good("head", "l").out
    big = "x" * 1_000_000
    row = {"party": "a", "day": "2024-01-01", "amount": "1"}
    for field, words in (("party", "1 to 1024 bytes"), ("day", "a day that"),
                         ("amount", "a decimal number"),
                         ("code", "at most 255 bytes"),
                         ("unit", "at most 255 bytes"),
                         ("line", "at most 255 bytes"),
                         ("document", "at most 65536 are kept"),
                         ("ref", "")):
        cells = {**row, field: big}
        write("f.csv", ",".join(cells) + "\n" + ",".join(cells.values()))
        done = run("import", "l", "entry", "f.csv")
        holds(done.err, "f.csv:2:")
        holds(done.err, words)
        same((done.code, len(done.err) < 300), (1, True))
    write("f.csv", big + "\n1\n")
    done = run("import", "l", "entry", "f.csv")
    same((done.code, len(done.err) < 300), (1, True))
    long = "y" * 100_000  # an argument; ten of them are a million
    for arguments in (("measure", "l", long), ("head", long),
                      ("export", "l", long), (long,),
                      ("measure", "l", "revenue.retention",
                       *[f"--filter=line={long}"] * 10),
                      *[("measure", "l", "revenue.retention",
                         f"--{option}={long}") for option in
                        ("set=basis", "from", "as-of", "unit", "period",
                         "sort", "limit", "viewer", "lang", "format")]):
        done = run(*arguments)
        if done.code not in (1, 2) or len(done.err) > 1500:
            raise AssertionError(f"{arguments[0]:.20} {arguments[-1]:.20}: "
                                 f"{done.code}, {len(done.err)} bytes")
    same(good("head", "l").out, before)


TESTS = [what_is_bad_is_named_and_leaves_nothing, what_is_good_is_accepted,
         a_dry_run_does_everything_and_keeps_nothing,
         keys_make_it_exactly_once, a_stream_is_a_file,
         quotes_may_come_late, many_words_and_parties_fit, a_mapping_reads_other_peoples_files,
         rounding_is_as_asked, exponents_are_written_out,
         files_without_a_header_or_commas, a_subscription_becomes_months,
         slips_in_a_mapping_are_named, a_mapping_is_lines_of_some_length,
         a_million_bytes_are_refused_in_few_words]

if __name__ == "__main__":
    sys.exit(main(TESTS))
