#!/usr/bin/env python3
"""model_based: Hypothesis drives the binding against a plain Python model.

The model is a list of batches, each a list of entries (party, day, amount,
key, ref, closed-day flag); what a snapshot must answer is computed from it by
definition: net revenue by month is the sum of amounts whose day is in the
month, a settling entry counts on its own day, undo adds the opposites.

Runs with any Python that has hypothesis: Debian's python3-hypothesis is for
/usr/bin/python3.
"""
import datetime
import decimal
import importlib.util
import os
import shutil
import sys
import tempfile

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/support")
import python_checks as checks  # noqa: E402


def with_hypothesis():
    """Go on in a Python that has it, or say that none has."""
    if importlib.util.find_spec("hypothesis"):
        return
    debian = "/usr/bin/python3"
    seen = os.environ.get("CUSTCAP_MODEL_BASED")
    if not seen and os.path.exists(debian):
        os.environ["CUSTCAP_MODEL_BASED"] = "1"
        os.execv(debian, [debian, __file__])
    print("skip python/model_based - no Python here has hypothesis "
          "(Debian: python3-hypothesis)")
    sys.exit(0)


with_hypothesis()

import custcap  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from hypothesis.stateful import (RuleBasedStateMachine,  # noqa: E402
                                 invariant, precondition, rule,
                                 run_state_machine_as_test)

PARTIES = ["ann", "bob", "cy", "dé", "e\"e,", "=f"]
FIRST = datetime.date(2024, 1, 1)
days = st.integers(0, 119).map(lambda n: FIRST + datetime.timedelta(days=n))
cents = st.integers(-20000, 20000)
keys = st.sampled_from([None, None, "k1", "k2", "k3", "k4"])
rows = st.lists(st.tuples(st.sampled_from(PARTIES), days, cents, keys),
                min_size=1, max_size=5)


def money(amount):
    """Cents as a Decimal."""
    return decimal.Decimal(amount).scaleb(-2)


def months(entries):
    """Net revenue by month, from the first to the last month with any."""
    found = {}
    for _, day, amount in entries:
        found[day.strftime("%Y-%m")] = found.get(
            day.strftime("%Y-%m"), 0) + amount
    return found


class Company(RuleBasedStateMachine):
    """Post, post again, settle, close, undo, erase, look back."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.path = os.path.join(self.folder, "c.ledger")
        self.ledger = custcap.create(self.path, unit="EUR")
        self.entries = []    # (party, day, amount), in the order recorded
        self.keys = {}       # key -> (party, day, amount)
        self.batches = {}    # position -> [(number, party, day, amount)]
        self.settled = {}    # number -> what settles it so far
        self.numbers = {}    # number -> (party, day, amount)
        self.undone = set()
        self.erased = set()
        self.closed = None
        self.past = []       # (snapshot, position, months then)

    def teardown(self):
        self.ledger.verify()
        self.ledger.close()
        shutil.rmtree(self.folder)

    def late(self, day):
        """In closed books?"""
        return self.closed is not None and day <= self.closed

    @rule(given=rows, prior=st.booleans())
    def post(self, given, prior):
        """All or nothing: keys known are passed over, or a conflict."""
        given = [row for row in given if row[0] not in self.erased]
        data = [{"party": party, "day": day, "amount": money(amount),
                 "key": key, "prior": prior or None}
                for party, day, amount, key in given]
        fresh, known, conflict = [], dict(self.keys), False
        for place, (party, day, amount, key) in enumerate(given):
            content = (party, day, amount, prior)
            if key is not None and key in known:
                conflict |= known[key] != content
                continue
            known[key] = content
            fresh.append((place, party, day, amount))
        refused = not prior and any(self.late(day)
                                    for _, _, day, _ in fresh)
        before = self.ledger.head()
        try:
            receipt = self.ledger.post("entry", data)
        except custcap.ConflictError:
            assert conflict and self.ledger.head() == before
            return
        except custcap.RefusedError as problem:
            assert refused and len(problem.findings) >= 1
            assert self.ledger.head() == before
            return
        assert not conflict and not refused
        known.pop(None, None)
        self.keys = known
        assert receipt.records_new == len(fresh)
        assert receipt.records_exists == len(given) - len(fresh)
        self.take(receipt, fresh)

    def take(self, receipt, fresh):
        """What was new: its entries and their numbers."""
        made = []
        for place, party, day, amount in fresh:
            number = receipt.ids[place]
            self.entries.append((party, day, amount))
            self.numbers[number] = (party, day, amount)
            self.settled[number] = 0
            made.append(number)
        if fresh:
            self.batches[receipt.position] = made

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), part=st.integers(1, 100))
    def settle(self, data, part):
        """Reverse a part of an entry, never more than is open."""
        number = data.draw(st.sampled_from(sorted(self.numbers)))
        party, day, amount = self.numbers[number]
        if party in self.erased or amount == 0:
            return
        back = -(amount * part // 100) or -amount
        rest = amount + self.settled[number]
        too_much = rest == 0 or abs(back) > abs(rest)
        row = {"party": party, "day": day, "amount": money(back),
               "ref": number, "prior": True}
        before = self.ledger.head()
        try:
            receipt = self.ledger.post("entry", row)
        except custcap.RefusedError:
            assert too_much, (row, rest)
            assert self.ledger.head() == before
            return
        assert not too_much, (row, rest)
        self.settled[number] += back
        self.entries.append((party, day, back))
        self.batches[receipt.position] = []

    @rule(day=days)
    def close_books(self, day):
        """Later entries before that day need prior."""
        try:
            self.ledger.close_books(day)
        except custcap.ConflictError:
            assert self.late(day)
            return
        assert not self.late(day)
        self.closed = day

    @precondition(lambda self: self.batches)
    @rule(data=st.data())
    def undo(self, data):
        """Every entry of the batch that is open is answered."""
        position = data.draw(st.sampled_from(sorted(self.batches)))
        numbers = self.batches[position]
        untouched = all(self.settled[number] == 0 for number in numbers)
        if not numbers or not untouched:
            return
        try:
            count = self.ledger.undo(position)
        except custcap.ConflictError:
            assert position in self.undone
            return
        assert position not in self.undone
        self.undone.add(position)
        assert count <= len(numbers)
        for number in numbers:
            party, day, amount = self.numbers.pop(number)
            self.settled[number] = -amount
            self.entries.append((party, day, -amount))

    @precondition(lambda self: len(self.erased) < 3)
    @rule(party=st.sampled_from(PARTIES))
    def erase(self, party):
        """The name is gone at once, in every snapshot; numbers stay."""
        known = any(party == one[0] for one in self.entries)
        try:
            self.ledger.erase(party)
        except custcap.NotFoundError:
            assert not known or party in self.erased
            return
        assert known and party not in self.erased
        self.erased.add(party)
        for number in [number for number, one in self.numbers.items()
                       if one[0] == party]:
            del self.numbers[number]
        self.batches = {position: numbers for position, numbers
                        in self.batches.items()
                        if all(one in self.numbers for one in numbers)}

    @precondition(lambda self: len(self.past) < 6)
    @rule()
    def remember(self):
        """Keep a snapshot, and what it answers now."""
        snapshot = self.ledger.snapshot()
        self.past.append((snapshot, snapshot.position,
                          months(self.entries)))

    @precondition(lambda self: self.past)
    @rule(data=st.data())
    def look_back(self, data):
        """A snapshot, and as_known of its position, answer as then."""
        snapshot, position, then = data.draw(st.sampled_from(self.past))
        self.compare(snapshot, then)
        self.compare(self.ledger.snapshot(as_known=position), then)

    @rule(how=st.sampled_from(["seal", "rebuild", "reopen"]))
    def upkeep(self, how):
        """Never changes an answer."""
        if how == "reopen":
            self.past.clear()
            self.ledger.close()
            self.ledger = custcap.open(self.path)
        else:
            getattr(self.ledger, how)()

    @invariant()
    def answers(self):
        """What the ledger answers now is what the model says."""
        self.compare(self.ledger.snapshot(), months(self.entries))

    def compare(self, snapshot, expected):
        """Closing revenue of every month; names of those not erased."""
        table = snapshot.measure("revenue.movements")
        found = {row.period: row.closing for row in table}
        for month, amount in expected.items():
            assert found.pop(month, 0) == money(amount), month
        assert not any(found.values()), found
        parties = {row.party for row in snapshot.records("entry")}
        assert not self.erased & parties


def test_the_binding_behaves_like_the_model():
    """Random companies, step by step; DEEP makes it longer."""
    deep = int(os.environ.get("MODEL_BASED_DEEP", "1"))
    run_state_machine_as_test(Company, settings=settings(
        max_examples=200 * deep, stateful_step_count=50, deadline=None,
        database=None, derandomize=deep == 1, print_blob=False,
        suppress_health_check=list(HealthCheck)))


if __name__ == "__main__":
    checks.run_all(globals(), "model_based")
