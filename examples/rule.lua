-- rule.lua - a rule of the host's own, run after the day's invoices.
-- lua5.4 rule.lua shop.ledger
--
-- Whoever spent 1,000.00 or more within a year becomes a member from the next
-- day; a member who has bought nothing for half a year is to be called.  The
-- rule reads measures and posts records: what it decided is in the journal,
-- with its reason, and running it twice changes nothing.

local custcap = require "custcap"

local THRESHOLD = custcap.minor("1000.00")
local SILENT_DAYS = 182

local function day_after(day)
    return custcap.day_text(custcap.day(day) + 1)
end

-- What each has spent in the year up to a day: an exact sum in minor units.
local SPENT = [[
-- title: Spent within a year
-- column: party party key - who
-- column: spent money sum - how much
SELECT party, sum(amount) AS spent FROM entry
WHERE book = 'revenue' AND day > :as_of - 365 AND day <= :as_of
GROUP BY party
]]

-- Who is a member, and when they bought last.
local MEMBERS = [[
-- title: Members and their last purchase
-- column: party party key - who
-- column: last_day day none - of their last purchase
SELECT party, (SELECT max(day) FROM entry
    WHERE entry.party = role.party AND amount > 0) AS last_day
FROM role WHERE role = 'member'
GROUP BY party
]]

local function members(snapshot)
    local found = {}
    for _, row in assert(snapshot:measure_text(MEMBERS)):rows() do
        found[row.party] = row.last_day
    end
    return found
end

local function run(ledger, today)
    local snapshot = assert(ledger:snapshot{as_of = today})
    local known = members(snapshot)
    local promoted, calls = {}, {}
    for _, row in assert(snapshot:measure_text(SPENT)):rows() do
        if row.spent >= THRESHOLD and not known[row.party] then
            promoted[#promoted + 1] = {
                party = row.party, role = "member", stage = "new",
                from = day_after(today),
                cause = "spent " .. custcap.decimal(row.spent)}
            print(today, row.party, "becomes a member: spent " ..
                  custcap.decimal(row.spent))
        end
    end
    for party, last_day in pairs(known) do
        if custcap.day(today) - custcap.day(last_day) > SILENT_DAYS then
            calls[#calls + 1] = party
        end
    end
    table.sort(calls)
    for _, party in ipairs(calls) do
        print(today, party, "is to be called: nothing since " ..
              known[party])
    end
    if #promoted > 0 then
        assert(ledger:post("role", promoted))
    end
end

local ledger = assert(custcap.create(arg[1] or "shop.ledger"))
assert(ledger:post("entry", {
    {party = "acme", day = "2024-01-10", amount = "900.00"},
    {party = "acme", day = "2024-02-10", amount = "150.00"},
    {party = "byte", day = "2024-02-12", amount = "999.99"},
}))
run(ledger, "2024-02-29")
run(ledger, "2024-03-01") -- acme is a member by now: nothing to do
assert(ledger:post("entry", {
    {party = "byte", day = "2024-06-01", amount = "0.01"},
}))
run(ledger, "2024-06-30")
run(ledger, "2024-09-30")
assert(ledger:verify())
