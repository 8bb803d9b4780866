"""features - what the library was asked for, what answers it, what tests it.

Why here:   137 requirements have an id each; a reader wants to know what to
            ask for one, and a maintainer whether anything shows that it holds.
Method:     an id's measures and guards are those that name it in
            `-- requirements:`; calls of the interface and of the command that
            serve one are listed below, for nothing else can say so; its tests
            are the functions of tests/ whose name begins with it, as
            a_05_b_12_the_forest or A05_B12_the_forest.  What is to be written
            by hand is what an id asks for, in a few words.
Used by:    tools/manual, for custcap_features(7); tests/docs/features.py.
"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent

WHAT = """
A-01 contributions in ten capacities of outside staff, share that take part
A-02 scattered feedback turned into ranked themes
A-03 ideas that move from state to state and skip none
A-04 adoption of what a council proposes
A-05 links of referral, one referrer each and no circle
A-06 trust in friends and in advertisements
A-07 complaints recovered
A-08 uplift of a campaign
A-09 suggestions paid only where they are adopted
A-10 contests between customers' designs and engineers'
A-11 defects found by customers alone
A-12 quality reports answered in time
A-13 consent to a purpose before any use of data
A-14 turnover of stock
A-15 alert over a batch, located and recalled in a day
A-16 culture events and their reach
A-17 needs that press for a change of the organisation
A-18 deep and shallow tiers of participation
A-19 points earned, redeemed and expired
A-20 value account of a customer
A-21 index of value by weights
A-22 caps on asking, and reviews of the intensity
A-23 learning that leads to advocacy
A-24 benefits shared fairly to the cent
A-25 remote sessions of co-design
A-26 versioned ethics code and shares of ownership
A-27 votes by tokens
A-28 readiness of the participation system
A-29 professionals keep the lead: vetoes with a reason, share of decisions
B-01 a customer is who exchanges value of any kind
B-02 three dimensions of a customer at a moment
B-03 many dated roles of one party
B-04 explicit, implicit and mixed flows of value
B-05 circles: core, base, outer
B-06 profit that depends on the core
B-07 lifecycle by events
B-08 lost customers heard and won back
B-09 orders between departments, in time and never revenue
B-10 parts of an order bound to people
B-11 margin, training and dependence of dealers
B-12 sales of a tree of distributors
B-13 visits and concerns of the public
B-14 investors reached
B-15 revenue split with developers
B-16 requirements of a regulator as needs
B-17 what customers of rivals miss
B-18 alumni in touch, and the deals they bring
B-19 suppliers as customers: concentration and resilience
B-20 tone of the media
B-21 proposals for standards
B-22 cost of a result of research
B-23 matrix of value and closeness, a strategy for each quadrant
B-24 journeys of several parties and their key touchpoints
B-25 orders, messages and complaints in one timeline
B-26 who stands behind a dealer
B-27 scan of the environment, and roles at run time
B-28 definition of the core with days from which it holds
C-01 legal forms
C-02 attributes of people
C-03 renewals
C-04 fans by what they do
C-05 cards of members and what they get
C-06 breadth, depth, fairness and transparency of a service to citizens
C-07 sole traders who pay privately for business
C-08 suitability of an investment
C-09 confidentiality by level and clearance
C-10 supply and demand on a platform
C-11 a role from evidence
C-12 messages that fit a role
C-13 lifetime value
C-14 triggers by behaviour
C-15 offers by role
C-16 consultations with published reasons
C-17 notices, erasure, breaches
C-18 growth from role to role
C-19 forms of address in English and Chinese
C-20 onboarding and loyalty programmes
D-01 customer mission beside the corporate one, promises kept
D-02 goals with a measure and a target
D-03 slogans and orphans
D-04 retention value
D-05 ramp-up value
D-06 referral value
D-07 structure of growth and quality of capital
D-08 net dollar retention and its bands
D-09 cost of winning a customer, beside benchmarks
D-10 organic and paid newcomers
D-11 growth that does not last
D-12 share of wallet
D-13 finance and capital side by side
D-14 comparison with indexes
D-15 readiness of the triangle and its weakest part
D-16 mood at departure
D-17 one may say yes, a no takes two; facts of what is sold
D-18 attitude and resonance of staff
D-19 map of a journey and its lows
D-20 standards and readings at touchpoints
D-21 share of direct channels
D-22 monthly recurring revenue
D-23 paid membership
D-24 services beside one-off sales
D-25 second and third curves
D-26 andon: what is stopped is not sold
D-27 meetings: themes, owners, due days
D-28 three strategies and three tactics
D-29 net promoter score
D-30 outside-in: origin of features, tests with customers, silos
D-31 executives answer
D-32 would they come back
D-33 changes of leaders
D-34 capital that leads growth
D-35 earned growth
E-01 a graph with parallel kinds of ties
E-02 layers: core, customer, partner, environment
E-03 segments by rules
E-04 grades by value
E-05 classes beside grades
E-06 completeness of a profile
E-07 target customers
E-08 campaigns by segment
E-09 satisfaction before and after
E-10 stickiness
E-11 feedback, fix, measure again
E-12 quality, cost and coverage of partners
E-13 awareness and reputation of a brand
E-14 follow-ups
E-15 use across services
E-16 owners on the current version
E-17 one-stop customers
E-18 how long customers have been with us
E-19 value created together
E-20 degree, density and components of a network
E-21 what is bought together
E-22 revenue with other industries
E-23 economic beside social and environmental goals
E-24 signals and responses
E-25 customers of many services and years
"""

# What serves an id and is no measure and no guard.
CALLS = {
    "A-13": ["custcap_batch_check()"],
    "A-22": ["custcap_snapshot_may_ask()"],
    "B-03": ["custcap_taxonomy_is_a()"],
    "B-25": ["custcap_ledger_party()"],
    "B-27": ["custcap import", "custcap_taxonomy_find()"],
    "C-09": ["custcap_snapshot_for_viewer()", "custcap_query_set_viewer()"],
    "C-17": ["custcap_ledger_erase()", "custcap erase"],
    "C-19": ["custcap_taxonomy_label()"],
    "D-07": ["custcap report"],
}

NAMED = re.compile(r"^(?:def |START_TEST\()(?:test_)?"
                   r"((?:[a-e]_\d\d_)+)(\w*)", re.M)


def what():
    """{id: what it asks for, in a few words}."""
    return dict(line.split(" ", 1) for line in WHAT.strip().splitlines())


def ids_of(prefix):
    """a_05_b_12_: A-05 and B-12."""
    return [f"{letter.upper()}-{digits}" for letter, digits in
            re.findall(r"([a-e])_(\d\d)_", prefix)]


def served(root=ROOT):
    """({id: measures}, {id: guards}), by their headers."""
    found = {}, {}
    for path in sorted((root / "lib/measures").glob("*/*.sql")):
        guard = path.parent.name == "guards"
        name = path.stem if guard else f"{path.parent.name}.{path.stem}"
        header = re.search(r"^-- requirements: (.*(?:\n--   .*)*)",
                           path.read_text("utf-8"), re.M)
        for one in re.findall(r"[A-E]-\d\d", header[1] if header else ""):
            found[guard].setdefault(one, []).append(name)
    return found


def is_run(name, text):
    """Whether a file runs a function it defines: it names it once more, or
    takes all that it has."""
    return len(re.findall(rf"\b{name}\b", text)) > 1 or "globals()" in text


def tests(root=ROOT):
    """{id: [(file, function)]}, and the functions that are not run or are
    named by an id in another way."""
    found, idle = {}, []
    for path in sorted((root / "tests").glob("*/*")):
        if path.suffix not in (".py", ".c"):
            continue
        text = path.read_text("utf-8")
        idle += [f"{path.name}: {name}" for name in
                 re.findall(r"^def ([A-Ea-e]_?\d\d\w*)", text, re.M)
                 if not NAMED.match("def " + name)]
        for match in NAMED.finditer(text):
            name = match[0].removeprefix("def ").removeprefix("START_TEST(")
            if not is_run(name, text):
                idle.append(f"{path.name}: {name}")
                continue
            for one in ids_of(match[1]):
                found.setdefault(one, []).append(
                    (str(path.relative_to(root)), name))
    return found, idle


PARTS = {"A": "Customers as staff of the company",
         "B": "Who counts as a customer",
         "C": "Customers who are called otherwise",
         "D": "Back to the customer as the centre",
         "E": "The ecosystem of customers"}


def write(page, date):
    """custcap_features(7), on a writer of tools/manual."""
    measures, guards = served()
    functions, _ = tests()
    page.macro("Dd", date)
    page.macro("Dt", "CUSTCAP_FEATURES", "7")
    page.macro("Os")
    page.macro("Sh", "NAME")
    page.macro("Nm", "custcap_features")
    page.macro("Nd", "what was asked of the library, what answers it, and "
               "what tests it")
    page.macro("Sh", "DESCRIPTION")
    page.text("Five articles on who a company's customers are and what they "
              "are worth are where this library comes from. What they ask "
              "for has 137 ids, a letter for each article. An id names the "
              "measures that answer it, which custcap_measures(7) defines, "
              "the guards that refuse what it forbids or warn of it, and "
              "the calls that serve it; and the tests whose names begin "
              "with it, each in the file before it. The tests in "
              "`tests/acceptance/days_*.py` check it once more among all "
              "the facts of one company.")
    letter = ""
    for one, words in what().items():
        if one[0] != letter:
            if letter:
                page.macro("El")
            letter = one[0]
            page.macro("Ss", PARTS[letter])
            page.macro("Bl", "-tag", "-width", "A-00")
        page.macro("It", "Sy", one)
        write_one(page, words, measures.get(one, []), guards.get(one, []),
                  CALLS.get(one, []), functions.get(one, []))
    page.macro("El")
    page.macro("Sh", "SEE ALSO")
    page.macro("Xr", "custcap", "1", ",")
    page.macro("Xr", "custcap", "7", ",")
    page.macro("Xr", "custcap_measures", "7")


def write_one(page, words, measures, guards, calls, functions):
    page.plain(words[:1].upper() + words[1:] + ".")
    rows = [("Measures:", "Li", measures), ("Guards:", "Li", guards)]
    rows += [("Calls:", "Li", calls)]
    files = {}
    for file, name in functions:
        files.setdefault(file, []).append(name)
    rows += [(f"{file}:", "Li", names) for file, names in files.items()]
    page.macro("Bl", "-item", "-compact")
    for title, macro, names in rows:
        if names:
            page.macro("It")
            page.plain(title)
            for at, name in enumerate(names):
                comma = [","] if at + 1 < len(names) else []
                page.macro(macro, f'"{name}"' if " " in name else name,
                           *comma)
    page.macro("El")
