#!/usr/bin/env python3
"""Acceptance day S2, the coffee quarter: one ledger, from CSV and vocabulary
files through the command alone.

Every number expected is that of REQUIREMENTS.md, "Acceptance days", S2, or of
the worked check of the id a function is named by; what is worked out besides
stands in a comment.  The ids' checks are replayed in the ledger of the day,
after it: each has years of its own, and where a measure looks at all customers
a channel of its own to filter by.  In the end the day is asked for once more
as it was known then.
"""
import json
import sys

from cli import good, holds, one_store, rows, run, same, write
from cli_coffee import SECOND, quarter

REFUSED = 6
KNOWN = []
WORDS = [
    {"kind": "role", "code": "member.vip", "data": {"discount_ppm": 100000}},
    {"kind": "item", "code": "onboarding", "data": {"flow": "task"}},
    {"kind": "line", "code": "cloud", "data": {"curve": 2}}]
HEAD = "party,day,amount,line,channel,code,end\n"


def asked(name, *arguments):
    return rows("measure", "l", name, *arguments)


def one(name, *arguments):
    [row] = asked(name, *arguments)
    return row


def ratio(row, name):
    return row[name + "_num"], row[name + "_den"]


def by(found, key):
    return {r[key]: r for r in found}


def year(first, last=None):
    return [f"--from={first}-01-01", f"--to={(last or first) + 1}-01-01",
            "--period=year"]


def shown(name, column, *arguments):
    """A cell of the only row as a person sees it."""
    lines = good("measure", "l", name, *arguments).out.splitlines()
    return dict(zip(lines[0].split(), lines[2].split()))[column]


def take(record, head, *lines):
    write("in.csv", head + "".join(line + "\n" for line in lines))
    good("import", "l", record, "in.csv")


def entries(*lines):
    """Lines of party, day, amount[, line, channel, code, end]."""
    take("entry", HEAD, *(s + "," * (6 - s.count(",")) for s in lines))


def events(*lines):
    take("event", "party,day,kind,object,number\n", *lines)


def the_day_is_recorded():
    quarter()
    KNOWN.append("--as-known=" + good("head", "l").out.split()[1])
    write("words.json", json.dumps(WORDS))
    good("import", "l", "definition", "words.json")


def s2_the_coffee_quarter():
    """The numbers behind S2's arrow."""
    asks = SECOND + KNOWN
    row = one("capital.structure", *asks)
    same([row[n] for n in ("revenue", "retention", "ramp_up", "referral",
                           "paid_new", "other_new")],
         ["580.00", "300.00", "80.00", "100.00", "60.00", "40.00"])
    same((ratio(row, "quality"), shown("capital.structure", "quality",
                                       *asks)), (("48000", "58000"), "82.8%"))
    row = one("revenue.movements", *asks)
    same([row[n] for n in ("opening", "expansion", "contraction", "churn")],
         ["450.00", "100.00", "20.00", "150.00"])
    row = one("capital.bands", *asks)
    same((shown("capital.bands", "ndr", *asks), row["band"]),
         ("84.4%", "below"))
    row = by(asked("capital.warnings", *asks), "warning")
    same((row["sisyphus"]["raised"], ratio(row["sisyphus"], "value"),
          row["low-ndr"]["raised"]), ("1", ("2", "3"), "1"))
    same(shown("revenue.retention", "logo", *asks), "66.7%")
    # (580 - 450) / 450 is +28.9 %, earned (480 - 450) / 450 +6.7 %.
    row = one("revenue.earned_growth", *asks)
    same((ratio(row, "growth"), ratio(row, "low")),
         (("13000", "45000"), ("3000", "45000")))
    same((shown("revenue.earned_growth", "growth", *asks),
          shown("revenue.earned_growth", "low", *asks)), ("28.9%", "6.7%"))
    row = one("acquisition.cost", *asks)
    same((row["blended_cac"], row["paid_cac"],
          shown("acquisition.cost", "organic_share", *asks)),
         ("16", "48", "50.0%"))
    row = one("capital.columns", *asks)
    same((row["profit"], row["capital"]), ("90.00", "480.00"))
    account = by(asked("customer.value_account", *asks), "party")["a"]
    same([account[n] for n in ("purchase", "referral", "total")],
         ["200.00", "100.00", "300.00"])


# --- the ids' checks, in the same ledger ------------------------------------

def a_05_one_referrer_and_no_circle():
    def refer(who, whom):
        return run("post", "l", "relation", f"party={who}",
                   "type=referred-by", f"other={whom}", "from=2023-01-01")
    same(refer("B", "A").code, 0)
    same(refer("A", "B").code, REFUSED)
    same(refer("A", "A").code, REFUSED)
    done = refer("B", "C")
    same(done.code, REFUSED)
    holds(done.err, "relation-referrer-unique")


def a_08_uplift():
    entries("u,2030-06-01,1000", "u,2031-06-01,1490")
    row = one("revenue.uplift", *year(2031), "--set", "base_from=2030-01-01",
              "--set", "base_to=2031-01-01")
    same(row["uplift"], "0.49")


def a_14_turnover_of_stock():
    entries("us,2032-06-01,800,,,cost.cogs", "us,2033-06-01,800,,,cost.cogs")
    events("us,2032-12-31,reading,stock,200",
           "us,2033-12-31,reading,stock,160")
    same([(r["turnover"], r["change"]) for r in
          asked("capital.turnover", *year(2032, 2033))],
         [("4", ""), ("5", "0.25")])


def b_06_profit_of_the_core():
    # The core makes 900 - 300, the others 500 - 100.
    entries("k,2034-01-01,300,,b06", "k,2034-01-02,300,,b06",
            "k,2034-01-03,300,,b06", "k,2034-01-03,300,,b06,cost",
            "m,2034-01-04,500,,b06", "m,2034-01-04,100,,b06,cost")
    events("k,2034-01-05,score.influence,,50")
    row = by(asked("customer.core", "--filter", "channel=b06"),
             "circle")["core"]
    same((row["profit"], ratio(row, "share"), row["share"]),
         ("600.00", ("60000", "100000"), "0.6"))


def b_08_lost_heard_and_won_back():
    lines = []
    for at in range(10):
        cause = "moved away" if at < 4 else ""
        lines += [f"l{at},consumer,2034-06-01,active,",
                  f"l{at},consumer,2035-01-{at + 1:02},lost,{cause}"]
    take("role", "party,role,from,stage,cause\n", *lines,
         "l8,consumer,2035-02-01,won-back,", "l9,consumer,2035-02-01,"
         "won-back,")
    row = one("customer.lost", "--from=2035-01-01", "--to=2035-02-01",
              "--as-of=2035-02-10")
    same((row["lost"], row["spoke"], row["back"]), ("10", "0.4", "0.2"))


def c_03_forty_five_of_fifty():
    entries(*(f"t{i},2036-01-01,10,app,,,2036-02-01" for i in range(50)),
            *(f"t{i},2036-02-01,10,app,,,2036-03-01" for i in range(45)))
    row = one("revenue.renewals", "--from=2036-02-01", "--to=2036-03-01")
    same((row["due"], row["renewed"], row["renewal"]), ("50", "45", "0.9"))


def c_05_d_23_cards_and_fees():
    # Fees 70.00 of ten members; goods 130 that cost 100; six order twice.
    entries(*(f"z{i},2037-01-01,7,,,revenue.membership,2038-01-01"
              for i in range(10)),
            *(f"z{i},2037-0{n}-01,10,goods" for i in range(6)
              for n in (2, 3)),
            "y,2037-05-01,10,goods", "us,2037-05-01,100,,,cost.cogs")
    row = one("revenue.membership", *year(2037))
    same((row["fees"], row["goods_profit"], row["fee_share"]),
         ("70.00", "30.00", "0.7"))
    same(ratio(row, "repeat_share"), ("6", "10"))
    take("role", "party,role,from\n", "vip,member.vip,2037-01-01")
    same(one("customer.benefits", "--set", "party=vip", "--set",
             "amount=20000", "--as-of=2037-06-01")["price"], "180.00")


def c_13_lifetime_value():
    same(one("capital.lifetime", "--set", "margin=10000", "--set",
             "retention_ppm=800000", "--set",
             "discount_ppm=100000")["value"], "266.67")


def c_20_eight_of_ten_complete():
    take("item", "key,kind,day\n", *(f"o{n},onboarding,2038-01-01"
                                     for n in range(10)))
    take("move", "item,state,day\n",
         *(f"o{n},{state},2038-01-0{day}" for n in range(8)
           for state, day in (("doing", 2), ("done", 3))))
    same(one("customer.programmes", *year(2038))["share"], "0.8")


def d_04_d_05_d_06_d_07_the_three_rs():
    row = one("capital.structure", *SECOND)
    same([row[n] for n in ("retention", "ramp_up", "referral")],
         ["300.00", "80.00", "100.00"])
    same(sum(float(row[n]) for n in ("retention", "ramp_up", "referral",
                                     "paid_new", "other_new")), 580.0)


def d_08_a_band():
    # 1000 + 120 - 30 - 20 = 1070.
    entries("e1,2040-01-01,500", "e2,2040-01-01,480", "e3,2040-01-01,20",
            "e1,2041-01-01,620", "e2,2041-01-01,450")
    row = one("capital.bands", *year(2041))
    same((row["ndr"], row["band"]), ("1.07", "well-run"))
    same(shown("capital.bands", "ndr", *year(2041)), "107.0%")


def d_09_cost_of_a_newcomer():
    entries(*(f"w{i},2042-03-01,1" for i in range(100)),
            "us,2042-02-01,47700,,,acquisition")
    same(one("acquisition.cost", *year(2042))["blended_cac"], "477")
    events("mine,2042-12-31,reading,cac,477", "high,2042-12-31,reading,"
           "cac,578", "low,2042-12-31,reading,cac,384")
    found = by(asked("capital.compare", "--set", "of=mine", "--set",
                     "object=cac"), "other")
    same([float(found[n]["points"]) for n in ("low", "high")],
         [93.0, -101.0])


def d_10_sixty_per_cent_organic():
    entries(*(f"og{i},2043-03-01,1,,organic.search" for i in range(30)),
            *(f"pd{i},2043-03-01,1,,paid.ads" for i in range(20)),
            "wk,2043-03-01,1,,direct")
    row = one("acquisition.cost", *year(2043))
    same((row["organic_share"], row["unknown"]), ("0.6", "1"))


def d_11_sisyphus():
    # 10 -> 12 is +20 %, three of five customers stay.
    entries(*(f"sy{i},2044-02-01,2" for i in range(5)),
            *(f"sy{i},2045-02-01,3" for i in range(3)), "syn,2045-02-01,3")
    row = by(asked("capital.warnings", *year(2045)), "warning")["sisyphus"]
    same((row["raised"], row["value"]), ("1", "0.6"))


def d_12_share_of_wallet():
    entries("wa,2046-01-01,30", "wa,2046-01-01,120,,,estimate.wallet")
    same(one("customer.wallet", *year(2046))["share"], "0.25")


def d_13_two_columns():
    row = one("capital.columns", *SECOND)
    same((row["profit"], row["capital"]), ("90.00", "480.00"))


def d_14_comparisons():
    events(*(f"{who},2021-01-01,reading,index,{n}" for who, n in
             (("best", 340), ("market", 232), ("worst", 100),
              ("reich", 280))))
    found = by(asked("capital.compare", "--set", "of=best", "--set",
                     "object=index"), "other")
    same((float(found["market"]["points"]), found["worst"]["times"],
          found["worst"]["higher"]), (108.0, "3.4", "2.4"))
    found = by(asked("capital.compare", "--set", "of=reich", "--set",
                     "object=index"), "other")
    same(found["worst"]["times"], "2.8")


def d_21_direct_share():
    entries("da,2047-01-01,350,,direct.app", "db,2047-01-01,650,,shop")
    same(by(asked("revenue.by_channel", *year(2047)),
            "channel")["direct.app"]["share"], "0.35")


def d_22_monthly_recurring():
    # 10 x 30 + 240 / 12.
    entries(*(f"r{i},2048-01-01,30,,,,2048-02-01" for i in range(10)),
            "ry,2048-01-01,240,,,,2049-01-01")
    same(one("revenue.recurring", "--from=2048-01-01",
             "--to=2048-02-01")["recurring"], "320.00")


def d_24_service_of_a_car():
    entries("car,2050-01-01,300000,,d24",
            "car,2051-01-01,60000,,d24,revenue.service")
    asks = [*year(2051), "--filter", "channel=d24"]
    same((ratio(one("revenue.service", *asks), "service_share"),
          shown("revenue.service", "service_share", *asks)),
         (("6000000", "36000000"), "16.7%"))


def d_25_second_curve():
    entries("c1,2052-01-01,500,shop", "c1,2053-01-01,150,cloud",
            "c2,2053-02-01,50,cloud")
    same(by(asked("revenue.curves", *year(2053)),
            "curve")["2"]["base_share"], "0.75")


def d_34_capital_leads_growth():
    entries(*(f"g,{2060 + n}-01-01,{10 * (n + 1)},,direct"
              for n in range(5)),
            *(f"gp{n},{2060 + n}-01-01,{n + 1},,paid.x" for n in range(5)))
    found = asked("capital.lead", *year(2060, 2064))
    same(ratio(found[-1], "agreement"), ("3", "3"))


def d_35_earned_growth():
    row = one("revenue.earned_growth", *SECOND)
    same(int(row["enc_num"]) + int(float(row["retained"]) * 100), 48000)
    same(ratio(row, "low"), ("3000", "45000"))


def e_10_stickiness():
    # A hundred in the first quarter; in the second 8 buy nothing, 45 twice,
    # 20 bring somebody.
    lines, relations = [], []
    for at in range(100):
        lines.append(f"x{at},2066-02-01,10")
        lines += [f"x{at},2066-04-05,10"] * (at >= 8)
        lines += [f"x{at},2066-05-05,10"] * (at >= 55)
        relations += [f"xn{at},referred-by,x{at},2066-05-01"] * (at >= 80)
    entries(*lines)
    take("relation", "party,type,other,from\n", *relations)
    row = one("customer.stickiness", "--from=2066-04-01",
              "--to=2066-07-01", "--period=quarter")
    same([row[n] for n in ("cohort", "lost", "repeat", "recommend")],
         ["100", "0.08", "0.45", "0.2"])


def e_15_services_of_customers():
    entries(*(f"v{n},2067-01-01,1,{'xyz'[at]}" for n in (1, 2, 3)
              for at in range(n)))
    row = one("customer.services", *year(2067))
    same((row["mean"], ratio(row, "multi_share")), ("2", ("2", "3")))


def e_18_tenure():
    # One, two and three years to 2011-01-31, when nobody else was there.
    entries(*(f"q{n},{2011 - n}-01-31,1" for n in (1, 2, 3)))
    row = one("customer.tenure", "--as-of=2011-01-31")
    same((row["customers"], row["months"]), ("3", "24"))


def e_25_three_services_two_years():
    entries(*(f"s{n},{day},10,{line},e25" for n, day, lines in
              ((1, "2072-01-31", "xyz"), (2, "2072-02-01", "xyz"),
               (3, "2071-01-01", "xy"), (4, "2074-01-01", "xyz"),
               (5, "2074-01-01", "x")) for line in lines))
    row = one("ecosystem.advantage", "--as-of=2074-01-31", "--filter",
              "channel=e25")
    same((ratio(row, "strong"), row["strong"]), (("1", "5"), "0.2"))


def the_day_is_as_it_was():
    """As known then, the day's numbers are what they were; and in a file
    that is rebuilt they are the same."""
    s2_the_coffee_quarter()
    good("rebuild", "l")
    good("verify", "l")
    s2_the_coffee_quarter()


TESTS = [value for name, value in list(globals().items())
         if name[:5] == "the_d" or name[:3] in ("s2_", *(
             f"{letter}_{digit}" for letter in "abcde" for digit in "0123"))]

if __name__ == "__main__":
    sys.exit(one_store(TESTS))
