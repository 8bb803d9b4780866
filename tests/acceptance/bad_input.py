#!/usr/bin/env python3
"""What is wrong is refused where it comes in, with what was expected.

Definitions: a rule, role, flow, relation, item, line, channel, event, calendar
or rate with a slip is refused when it is defined, however that is done - by
post, from CSV, from a vocabulary file, at init, only tried - and nothing of
what came with it is recorded.  Members that the library doesn't know are the
host's own.  Parameters: a text off its list is refused in an empty ledger as
in a full one.  What is expected stands in custcap-vocabulary(5) and in the
headers of the measures.
"""
import csv
import io
import json
import os
import sys

from cli import good, holds, main, run, same, write

# kind, code, data, what the error says beside kind and code.
WRONG = [
    ("rule", "segment.x", {"all": {"nonsense": 1}},
     'all is nonsense, expected a fact of a customer'),
    ("rule", "segment.x", {"all": {"revenue": "10"}},
     'all.revenue is "10", expected a number with at most 2 digits'),
    ("rule", "segment.x", {"all": {"revenue": 1.234}},
     "all.revenue is 1.234, expected a number with at most 2 digits"),
    ("rule", "segment.x", {"all": {"frequency": 1.5}},
     "all.frequency is 1.5, expected a whole number"),
    ("rule", "segment.x", {"all": {"act": 1e3}},
     "all.act is 1000.0, expected a whole number"),
    ("rule", "segment.x", {"all": ["revenue"]}, "all is ["),
    ("rule", "segment.x", {"below": {"act.nothing": 1}},
     "below is act.nothing, expected a fact"),
    ("rule", "segment.x", {"rank": "first"}, 'rank is "first", expected a w'),
    ("rule", "segment.x", {"forms": ["alien"]}, 'forms is "alien"'),
    ("rule", "class.x", {"forms": "person"}, 'forms is "person", expected a'),
    ("rule", "target.x", {"roles": ["nobody"]}, 'roles is "nobody"'),
    ("rule", "offer.x", {"window_days": -1}, "window_days is -1"),
    ("rule", "offer.x", {"attributes": {"payer": 1}},
     "attributes.payer is 1, expected a word"),
    ("rule", "growth.x", {"all": {"acts": 1}}, "to is missing"),
    ("rule", "growth.x", {"to": "hero"}, 'to is "hero", expected a known ro'),
    ("rule", "growth.x", {"to": "fan", "from": ["hero"]}, 'from is "hero"'),
    ("rule", "growth.x", {"to": "fan", "keep_ppm": 1000001}, "keep_ppm is"),
    ("rule", "growth.x", {"to": "fan", "grace_months": "1"}, "grace_months"),
    ("rule", "growth.x", {"to": "fan", "off": "yes"},
     'off is "yes", expected true or false'),
    ("rule", "segment.x", {"all": {k: 1 for k in (
        "revenue indirect value exchanges frequency recency tenure influence "
        "closeness acts referrals act act.create act.promote act.defend "
        "act.gather visit").split()}}, "at most 16 criteria"),
    ("rule", "matrix", {"value": "100"}, 'value is "100", expected a number'),
    ("rule", "matrix", {"value": 0.001}, "at most 2 digits"),
    ("rule", "matrix", {"strategy": {"HH": 1}}, "strategy.HH is 1"),
    ("rule", "grade", {"a_ppm": 0.8, "b_ppm": 1},
     "a_ppm is 0.8, expected a whole number"),
    ("rule", "grade", {"a_ppm": 1, "b_ppm": "950000"}, 'b_ppm is "950000"'),
    ("rule", "grade", {"a_ppm": 800000}, "b_ppm is missing"),
    ("rule", "circle.closeness", {"core": 60}, "half_life_days is missing"),
    ("rule", "ask-cap", {"cap": -1}, "cap is -1, expected a number of at le"),
    ("rule", "ask-cap.x", {"cap": "x", "days": 30}, 'cap is "x", expected a'),
    ("rule", "ask-cap.x", {"cap": -1, "days": 30}, "cap is -1, expected a"),
    ("rule", "ask-cap.x", {"minutes": -9223372036854775808, "days": 30},
     "minutes is -9223372036854775808, expected a whole number from 0"),
    ("rule", "ask-cap", {"minutes": 1.5}, "minutes is 1.5, expected a whole"),
    ("rule", "ask-cap.x", {"days": 99999999999}, "days is 99999999999"),
    ("rule", "ask-cap.x", {"days": 30, "purpose": "nothing"},
     'purpose is "nothing", expected a known purpose'),
    ("rule", "response.x", {"event": "nothing", "seconds": 1},
     'event is "nothing", expected a known event'),
    ("rule", "response.x", {"item": "idea", "seconds": "1"},
     'seconds is "1", expected a whole number from 0 on'),
    ("event", "ask.x", {"capped": 1}, "capped is 1, expected true or false"),
    ("event", "look", {"observed": "yes"}, 'observed is "yes", expected true'),
    ("event", "use.x", {"consent": "nothing"},
     'consent is "nothing", expected a known purpose'),
    ("item", "review", {"required": "owner"},
     'required is "owner", expected a list of owner, due, party and subject'),
    ("item", "review", {"required": ["onwer"]}, 'required is "onwer"'),
    ("flow", "review", {"start": ["planned"], "adopted": "done"},
     'adopted is "done", expected a list of known states'),
    ("flow", "review", {"start": ["planned"], "terms": ["dnoe"]},
     'terms is "dnoe", expected a list of known states'),
    ("flow", "review", {"reason": 5}, "reason is 5, expected a list of"),
    ("rule", "fan", {"weights": {"act.nothing": 2}},
     "weights is act.nothing, expected a kind of event"),
    ("rule", "fan", {"weights": {"act": 1.5}}, "weights.act is 1.5"),
    ("rule", "fan", {"weights": [1]}, "weights is [1], expected an object"),
    ("rule", "profile", {"required": "habits"}, 'required is "habits"'),
    ("rule", "profile", {"required": [1]}, "expected a list of texts"),
    ("rule", "circle.threshold", {"influence": 1.234}, "influence is 1.234"),
    ("rule", "circle.closeness", {"half_life_days": 0}, "a number above 0"),
    ("rule", "circle.closeness",
     {"half_life_days": 9, "terms": {"frequency": {"weight": 1}}},
     "terms.tau is missing"),
    ("rule", "circle.closeness",
     {"half_life_days": 9, "terms": {"no": {"weight": 1, "tau": 1}}},
     "terms is no, expected frequency or a kind of event"),
    ("rule", "circle.closeness",
     {"half_life_days": 9, "terms": {"visit": {"weight": 1, "tau": 0}}},
     "tau is 0, expected a number above 0"),
    ("rule", "tutorial", {"event": "nothing", "offer": "tutorial"},
     'event is "nothing", expected a known event'),
    ("rule", "tutorial", {"event": "visit", "count": 0, "offer": "tutorial"},
     "count is 0"),
    ("flow", "mine", {"start": ["here"]}, 'start is "here"'),
    ("flow", "mine", {"start": "proposed"}, 'start is "proposed"'),
    ("flow", "mine", {"start": ["proposed"], "moves":
                      {"proposed": ["there"]}}, 'moves.proposed is "there"'),
    ("flow", "mine", {"start": ["proposed"], "moves":
                      {"there": ["proposed"]}}, "moves is there"),
    ("flow", "mine", {"moves": ["proposed"]}, 'moves is ["proposed"]'),
    ("role", "consumer.x", {"circle": 4}, "circle is 4"),
    ("role", "consumer.x", {"flow": "money"}, "expected explicit or implicit"),
    ("role", "consumer.x", {"gives": 1}, "gives is 1, expected a text"),
    ("role", "consumer.x", {"lifecycle": "no"}, 'lifecycle is "no"'),
    ("role", "consumer.x", {"grows": [{"to": "hero"}]}, 'grows.to is "hero"'),
    ("role", "consumer.x", {"grows": "fan"}, 'grows is "fan"'),
    ("role", "consumer.x", {"discount_ppm": 1.5}, "discount_ppm is 1.5"),
    ("relation", "friend", {"one": "yes"}, 'one is "yes"'),
    ("relation", "friend", {"acyclic": 1}, "acyclic is 1"),
    ("item", "wish", {"flow": "nothing"}, 'flow is "nothing"'),
    ("item", "wish", {"consent": "nothing"}, 'consent is "nothing"'),
    ("line", "fund", {"risk": "high"}, 'risk is "high"'),
    ("line", "fund", {"roles": ["nobody"]}, 'roles is "nobody"'),
    ("channel", "street", {"earned_ppm": 1000001}, "earned_ppm is 1000001"),
    ("event", "score.x", {"from": 10, "to": 1}, "to is 1, expected more"),
    ("event", "score.x", {"from": "a"}, 'from is "a"'),
    ("calendar", "bad", {"month": 13}, "month must be 1 to 12"),
    ("calendar", "bad", {"pattern": "4-4-4"}, "pattern must be months, 4-4-5"),
    ("rate", "EUR/CNY", {"numerator": 7}, "denominator is missing"),
    ("rate", "EUR/CNY", {"numerator": 0, "denominator": 1}, "numerator is 0"),
    ("rate", "EUR/CNY", None, "numerator is missing"),
    ("rate", "EUR/ZZZ", {"numerator": 7, "denominator": 1},
     "expected two known units"),
    ("rate", "EURCNY", {"numerator": 7, "denominator": 1},
     "expected two known units"),
]

RIGHT = [
    ("rule", "segment.x", {"rank": -1, "all": {"revenue": 10.5, "act": 1},
                           "below": {"closeness": 0.25}, "roles": ["fan"],
                           "attributes": {"payer": "personal"},
                           "window_days": 30, "mine": {"own": [1]}}),
    ("rule", "growth.fan", {"off": True}),
    ("rule", "growth.x", {"from": ["consumer.x"], "to": "fan",
                          "all": {"act.sing": 3}}),
    ("rule", "matrix", {"value": -0.5, "closeness": 12.25}),
    ("rule", "mood", {"floor": 8.5}), ("rule", "mine.own", {"all": 3}),
    ("rule", "circle.closeness",
     {"half_life_days": 90.5,
      "terms": {"act.sing": {"weight": 1.5, "tau": 0.5}}}),
    ("rule", "fan", {"weights": {"act.sing": -1}}),
    ("flow", "singing", {"start": ["hums"], "moves": {"hums": ["sings"]}}),
    ("role", "consumer.x", {"lifecycle": "singing", "colour": "red",
                            "grows": [{"to": "fan.x"}]}),
    ("role", "fan.x", {"circle": 3}),
    ("event", "act.sing", {"from": 0, "to": 10}),
    ("event", "act.hum", {"from": -0.5}),
    ("state", "hums", {}), ("stage", "sings", {}),
    ("calendar", "445", {"pattern": "4-4-5", "named_by": "end"}),
    ("rate", "EUR/BEAN", {"numerator": 7, "denominator": 1}),
    ("unit", "BEAN", {"scale": 0}),
]


def fresh(*more):
    for name in ("l", "l-lock", "l-wal", "l-shm"):
        if os.path.exists(name):
            os.unlink(name)
    return run("init", "l", *more)


def definition(kind, code, data):
    made = {"kind": kind, "code": code}
    return made if data is None else {**made, "data": data}


def nothing_recorded():
    same(good("export", "l", "definition", "--format=json").out, "[]\n")
    holds(good("head", "l").out, "position 1\n")


def refused(done, kind, code, said):
    same((done.code, kind, code), (1, kind, code))
    holds(done.err, f"{kind} {code}: ")
    holds(done.err, said)


def a_definition_with_a_mistake_is_refused():
    fresh()
    for kind, code, data, said in WRONG:
        more = [] if data is None else ["data=" + json.dumps(data)]
        refused(run("post", "l", "definition", f"kind={kind}",
                    f"code={code}", *more), kind, code, said)
    nothing_recorded()


def a_vocabulary_file_with_a_mistake_is_refused_whole():
    """JSON and CSV, imported and only tried, and at init."""
    fresh()
    before = {"kind": "role", "code": "fan.early", "en": "Early"}
    for kind, code, data, said in WRONG[::4]:
        vocabulary = [before, definition(kind, code, data),
                      {"kind": "role", "code": "fan.late"}]
        write("w.json", json.dumps(vocabulary))
        out = io.StringIO()
        table = csv.writer(out, lineterminator="\n")
        table.writerow(["kind", "code", "data"])
        for each in vocabulary:
            table.writerow([each["kind"], each["code"],
                            json.dumps(each["data"]) if "data" in each
                            else ""])
        write("w.csv", out.getvalue())
        for name in ("w.json", "w.csv"):
            for how in ([], ["--dry-run"]):
                refused(run("import", "l", "definition", name, *how), kind,
                        code, said)
    nothing_recorded()
    for kind, code, data, said in WRONG[::9]:
        write("w.json", json.dumps([before, definition(kind, code, data)]))
        refused(fresh("--vocabulary=w.json"), kind, code, said)
        same(os.path.exists("l"), False)


def what_is_right_or_a_hosts_own_stays():
    """In one file, where words may be used before they are defined."""
    fresh()
    write("w.json", json.dumps([definition(*each) for each in RIGHT]))
    good("import", "l", "definition", "w.json")
    good("post", "l", "entry", "party=a", "day=2024-01-01", "amount=11")
    good("post", "l", "event", "party=a", "day=2024-01-01", "kind=act.sing")
    for name in ("customer.segments", "customer.circle", "customer.matrix",
                 "role.growth", "role.paths"):
        good("measure", "l", name)
    good("measure", "l", "customer.circle", "--set", "preset=closeness")


def what_is_wrong_in_a_journal_is_still_said_when_asked():
    """A rule that was right for the ledger's unit, asked in another's."""
    fresh()
    good("post", "l", "definition", "kind=rule", "code=segment.x",
         'data={"all": {"revenue": 1.25}}')
    good("post", "l", "entry", "party=a", "day=2024-01-01", "amount=2",
         "unit=JPY")
    done = run("measure", "l", "customer.segments", "--unit=JPY")
    same(done.code, 1)
    holds(done.err, "rule segment.x: all:")


# measure, parameter, a value it can't have, what was expected
CHOICES = [
    ("revenue.retention", "basis", "nonsense", "revenue or runrate"),
    ("revenue.movements", "convert", "opening", "none or closing"),
    ("revenue.movements", "grace_days", "-5", "0 to 3660"),
    ("revenue.retention", "grace_days", "5", "needs basis=runrate"),
    ("revenue.retention_windowed", "periods", "0", "1 to 10000"),
    ("revenue.recurring", "basis", "x", "revenue or runrate"),
    ("revenue.concentration", "by", "customer", "party, line or channel"),
    ("revenue.concentration", "book", "x", "a known book"),
    ("customer.circle", "preset", "x", "threshold or closeness"),
    ("customer.segments", "of", "x", "customers or everyone"),
    ("customer.segment", "of", "x", "customers or everyone"),
    ("customer.targets", "of", "x", "customers or everyone"),
    ("customer.summary", "time_unit", "x", "day or week"),
    ("customer.open_items", "book", "x", "points, receivable or hold"),
    ("customer.forecast", "refunds", "x", "net or ignore"),
    ("customer.forecast", "time_unit", "x", "day, week, month, quarter or y"),
    ("customer.lifetime", "spend", "x", "gamma-gamma or mean"),
    ("customer.equity", "by", "x", "total, segment, role, cohort or channel"),
    ("model.fit", "model", "x", "bg/nbd"),
    ("ecosystem.rollup", "type", "x", "a known relation"),
    ("role.address", "role", "x", "a known role"),
    ("role.paths", "source", "x", "a known role"),
    ("role.growth", "status", "x", "due, kept, lapsed or candidate"),
    ("role.transitions", "by", "x", "role or stage"),
    ("role.counts", "toward", "x", "no party has the key"),
]


def parameters_are_judged_in_an_empty_ledger():
    fresh()
    for name, parameter, value, said in CHOICES:
        done = run("measure", "l", name, "--set", f"{parameter}={value}")
        same((name, parameter, done.code), (name, parameter, 1))
        holds(done.err, said)


def a_hosts_measure_says_what_its_parameters_may_be():
    fresh()
    sql = ("-- title: Mine\n-- parameter: by text = a of a|b - which\n"
           "-- parameter: role text? of word:role - which\n"
           "-- column: x text key - it\nSELECT :by AS x")
    good("post", "l", "definition", "kind=measure", "code=mine.own",
         "data=" + json.dumps({"sql": sql}))
    holds(good("measure", "l", "mine.own", "--set", "by=b").out, "b")
    holds(run("measure", "l", "mine.own", "--set", "by=c").err, "a or b")
    holds(run("measure", "l", "mine.own", "--set", "role=c").err,
          "a known role")
    good("measure", "l", "mine.own", "--set", "role=fan")
    for line, said in (("by int64 = 1 of 1|2", "of a text"),
                       ("by text of word:nothing", "a kind of word"),
                       ("by text from a|b", "of A|B")):
        done = run("post", "l", "definition", "kind=measure",
                   "code=mine.bad", "data=" + json.dumps(
                       {"sql": f"-- parameter: {line} - which\nSELECT 1"}))
        same(done.code, 1)
        holds(done.err, said)


TESTS = [a_definition_with_a_mistake_is_refused,
         a_vocabulary_file_with_a_mistake_is_refused_whole,
         what_is_right_or_a_hosts_own_stays,
         what_is_wrong_in_a_journal_is_still_said_when_asked,
         parameters_are_judged_in_an_empty_ledger,
         a_hosts_measure_says_what_its_parameters_may_be]

if __name__ == "__main__":
    sys.exit(main(TESTS))
