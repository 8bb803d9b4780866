-- module.lua - what require "custcap" promises, in any Lua from 5.1 on.
--
-- Run with a folder to work in; prints "ok NAME" or "not ok NAME why".
-- Expected figures: the README's three entries by hand (net 120 / 150, gross
-- 100 / 150, customers 1 / 2, quick 20 / 50); everything else is written out
-- beside its check.

local custcap = require "custcap"
local folder = assert(arg[1])
local lua = arg[2] or _VERSION
local exact = math.type ~= nil -- 64-bit integers
local failed = false

local function test(name, run)
    local ok, why = pcall(run)
    if ok then
        print("ok lua/" .. lua .. "/" .. name)
    else
        failed = true
        print("not ok lua/" .. lua .. "/" .. name .. " " ..
              tostring(why):gsub("\n", " "))
    end
end

local function same(actual, expected)
    if actual ~= expected then
        error("got " .. tostring(actual) .. ", expected " ..
              tostring(expected), 2)
    end
end

local function holds(text, part)
    if not tostring(text):find(part, 1, true) then
        error("\"" .. tostring(text) .. "\" does not hold \"" .. part ..
              "\"", 2)
    end
end

-- A Lua error whose words hold `part`.
local function raises(part, run, ...)
    local ok, why = pcall(run, ...)
    if ok then
        error("no error with \"" .. part .. "\"", 2)
    end
    if not tostring(why):find(part, 1, true) then
        error("\"" .. tostring(why) .. "\" does not hold \"" .. part .. "\"",
              2)
    end
end

-- nil, message, code.
local function fails(code, part, value, message, found)
    if value ~= nil or found ~= code or type(message) ~= "string" then
        error("got " .. tostring(value) .. ", " .. tostring(message) .. ", " ..
              tostring(found) .. "; expected code " .. code, 2)
    end
    if not message:find(part, 1, true) then
        error("\"" .. message .. "\" does not hold \"" .. part .. "\"", 2)
    end
end

local made = 0
local function fresh(options)
    made = made + 1
    return assert(custcap.create(folder .. "/" .. made .. ".ledger", options))
end

local function shop(options)
    local ledger = fresh(options)
    local receipt = assert(ledger:post("entry", {
        {party = "ann", day = "2024-01-15", amount = "100.00"},
        {party = "ann", day = "2024-02-15", amount = 120},
        {party = "bob", day = "2024-01-20", amount = "50.00"},
    }))
    return ledger, receipt
end

-- A ledger begins with what `create` records.
local first = fresh():head().position

test("readme", function()
    local ledger, receipt = shop()
    same(receipt.position, first + 1)
    same(receipt.records_new, 3)
    same(receipt.parties_made, 2)
    same(#receipt.chain, 64)
    same(ledger:head().chain, receipt.chain)
    local snapshot = assert(ledger:snapshot())
    same(snapshot:position(), first + 1)
    local answer = assert(snapshot:measure("revenue.retention"))
    local last = answer:row(answer:count())
    same(last.period, "2024-02")
    same(last.nrr, 0.8)
    same(last.nrr_num, 12000)
    same(last.nrr_den, 15000)
    same(last.grr_num, 10000)
    same(last.logo, 0.5)
    same(last.quick, 0.4)
    local num, den = answer:ratio("quick", answer:count())
    same(num, 2000)
    same(den, 5000)
    same(answer:note("measure"), "revenue.retention")
    same(answer:note("nothing"), nil)
end)

-- Three asks in ten days: the fourth waits until the first is 30 days old,
-- on 31 January 2024 (19753 days since 1970).
test("may_ask", function()
    local ledger = fresh()
    assert(ledger:post("event", {
        {party = "u3", day = "2024-01-01", kind = "ask"},
        {party = "u3", day = "2024-01-04", kind = "ask"},
        {party = "u3", day = "2024-01-08", kind = "ask"},
    }))
    local day = 86400 * 1000000
    local snapshot = assert(ledger:snapshot())
    local party = assert(ledger:party("u3"))
    local may, why, again = snapshot:may_ask(party, "research", 0,
                                             19733 * day)
    same(may, false)
    same(why, "ask-cap: 3 asks in 30 days, 3 allowed")
    same(again, 19753 * day)
    same(snapshot:may_ask(party, "research", 0, 19753 * day), true)
    same(snapshot:may_ask(party), true)
    same((snapshot:may_ask(0)), nil)
end)

test("a viewer", function()
    local ledger = shop()
    assert(ledger:post("definition", {kind = "object", code = "file",
                                      data = '{"level":3}'}))
    assert(ledger:post("event", {party = "ann", day = "2024-01-15",
                                 kind = "message", object = "file",
                                 text = "a secret"}))
    local asked = "SELECT text FROM event WHERE text IS NOT NULL"
    same(ledger:snapshot():measure_text(asked):count(), 1)
    same(ledger:snapshot{viewer = "bob"}:measure_text(asked):count(), 0)
    fails(custcap.NOT_FOUND, "nobody", ledger:snapshot{viewer = "nobody"})
end)

test("cells", function()
    local ledger = shop()
    local snapshot = ledger:snapshot()
    local answer = assert(snapshot:measure("revenue.movements",
                                           {period = "month"}))
    same(answer:count(), 2)
    same(#answer, 2)
    same(answer:get("closing", 2), 12000)
    same(answer:decimal("closing", 2), "120.00")
    same(answer:decimal("churn", 2), "50.00")
    same(answer:get(1, 1), "2024-01")
    same(answer:columns()[1].name, "period")
    same(answer:columns()[2].type, custcap.TYPE_MONEY)
    same(answer:columns()[2].scale, 2)
    same(#answer:columns(), answer:column_count())
    local seen = 0
    for i, row in answer:rows() do
        seen = seen + 1
        same(i, seen)
        same(row.closing, answer:get("closing", i))
    end
    same(seen, 2)
    raises("no such column", answer.get, answer, "nothing", 1)
    raises("no such column", answer.get, answer, 0, 1)
    raises("no such row", answer.get, answer, 1, 3)
    raises("no such row", answer.row, answer, 0)
    local summary = snapshot:measure("customer.summary")
    same(summary:get("first_day", 1), "2024-01-15")
    raises("a column of ratios", answer.ratio, answer, 1, 1)
    local entries, until_ = snapshot:records("entry")
    same(until_, first + 1)
    same(entries:count(), 3)
end)

test("ways out", function()
    local ledger = shop()
    local answer = ledger:snapshot():measure("revenue.movements")
    local csv = answer:render("csv")
    holds(csv, "period,opening,new,")
    local parts = {}
    assert(answer:write("csv", function(text)
        parts[#parts + 1] = text
    end))
    same(table.concat(parts), csv)
    same(answer:render("csv", {bare = true}),
         csv:sub(csv:find("\n", 1, true) + 1))
    holds(answer:render("json"), "\"period\"")
    same(tostring(answer), answer:render())
    raises("invalid option", answer.render, answer, "xml")
    raises("unknown option", answer.render, answer, "csv", {rw = true})
    local sorted = assert(answer:sorted("closing", true, 1))
    same(sorted:count(), 1)
    same(sorted:get("period", 1), "2024-01")
    fails(custcap.NOT_FOUND, "nothing", answer:sorted("nothing"))
    local again = shop():snapshot():measure("revenue.movements")
    local both = assert(custcap.merge{answer, again})
    same(both:get("closing", 2), 24000)
    raises("custcap.table expected", custcap.merge, {answer, 7})
end)

test("queries", function()
    local ledger = fresh()
    assert(ledger:post("entry", {
        {party = "a", day = "2024-01-15", amount = "10", line = "tea"},
        {party = "a", day = "2024-01-15", amount = "20", line = "coffee"},
        {party = "b", day = "2024-02-01", amount = "5", line = "coffee"},
    }))
    local snapshot = ledger:snapshot()
    local function closing(query)
        return assert(snapshot:measure("revenue.movements", query))
            :get("closing", 1)
    end
    same(closing{period = "year"}, 3500)
    same(closing{period = "year", filter = {line = "tea"}}, 1000)
    same(closing{period = "year", filter = {line = {"tea", "coffee"}}}, 3500)
    same(closing{from = "2024-02-01", to = "2024-03-01"}, 500)
    local query = custcap.query():set_window("2024-01-01", nil)
        :set_period("month"):filter("line", "coffee"):sort("closing", true)
        :limit(1)
    same(closing(query), 2000)
    query:close()
    raises("attempt to use a closed custcap.query", snapshot.measure,
           snapshot, "revenue.movements", query)
    local week = snapshot:measure("customer.summary",
                                  {set = {time_unit = "week"}})
    same(week:columns()[4].name, "frequency")
    -- A table that is bound may be closed: the query has its own.
    local base = assert(snapshot:measure_text(
        "SELECT 'tea' AS line UNION SELECT 'coffee'"))
    query = custcap.query{tables = {wanted = base}}
    base:close()
    collectgarbage()
    local counted = assert(snapshot:measure_text(
        "SELECT count(*) AS n FROM input_wanted", query))
    same(counted:get("n", 1), 2)
    fails(custcap.INVALID, "", snapshot:measure("revenue.movements",
        {from = "2024-01-02", to = "2024-02-01"}))
    fails(custcap.NOT_FOUND, "revenue.nothing",
          snapshot:measure("revenue.nothing"))
    raises("unknown option string \"perod\"", custcap.query, {perod = "day"})
    raises("day expected", custcap.query, {from = "2024-13-01"})
    raises("day expected", custcap.query, {from = {}})
    raises("text expected", custcap.query, {period = 7})
    raises("text expected", custcap.query, {filter = {line = {7}}})
    raises("table expected", custcap.query, {filter = "tea"})
    raises("text or number expected", custcap.query, {set = {x = true}})
    raises("custcap.table expected", custcap.query, {tables = {x = 1}})
    raises("custcap.query expected", snapshot.measure, snapshot, "x", 7)
    raises("boolean expected", custcap.query, {descending = 1})
    local parts = assert(snapshot:drill("revenue.movements",
        {period = "year"}, 1, "closing"))
    local sum = 0
    for _, row in parts:rows() do
        sum = sum + row.part
    end
    same(sum, 3500)
end)

test("batches", function()
    local ledger = fresh()
    local batch = assert(ledger:batch())
    assert(batch:add("party", {party = "ann", form = "person"}))
    same(batch:count(), 1)
    same(#batch, 1)
    batch:clear()
    same(batch:count(), 0)
    -- All or none, and which cell.
    local value, message, code, row, field = batch:add("entry", {
        {party = "a", day = "2024-01-01", amount = "1"},
        {party = "a", day = "2024-01-01", amount = "1.234"},
    })
    fails(custcap.INVALID, "amount", value, message, code)
    same(row, 2)
    same(field, "amount")
    same(batch:count(), 0)
    assert(batch:set_rounding(custcap.ROUND_HALF_EVEN))
    assert(batch:add("entry", {party = "a", day = "2024-01-01",
                               amount = "1.235", key = "k"}))
    assert(batch:add_entries{
        {party = batch:party("b"), amount = 250, day = "2024-01-02",
         line = batch:word("line", "tea")},
        {party = batch:party("b"), amount = "250", day = 19725},
    })
    local receipt = assert(batch:commit())
    same(receipt.parties_made, 2)
    same(receipt.words_made, 1)
    same(batch:record_status("entry", 1), custcap.RECORD_NEW)
    assert(batch:record_id("entry", 3))
    same(batch:record_id("entry", 4), nil)
    local sum = ledger:snapshot():measure("revenue.movements",
        {period = "year"}):get("closing", 1)
    same(sum, 124 + 500) -- 1.235 to even: 1.24
    same(ledger:party("a"), ledger:party("a"))
    fails(custcap.NOT_FOUND, "nobody", ledger:party("nobody"))
    assert(batch:add("entry", {party = "a", day = "2024-01-01",
                               amount = "1.24", key = "k"}))
    same(assert(batch:commit()).records_exists, 1)
    assert(batch:add("entry", {party = "a", day = "2024-01-01",
                               amount = "9", key = "k"}))
    fails(custcap.CONFLICT, "k", batch:commit())
    raises("text or integer expected", batch.add, batch, "entry",
           {party = "a", day = "2024-01-01", amount = 1.5})
    raises("row 1, party: text or integer expected, got table", batch.add,
           batch, "entry", {{party = {}}})
    raises("row 2: table of fields expected, got number", batch.add, batch,
           "entry", {{party = "a"}, 7})
    raises("name of a record", batch.add, batch, "thing", {})
    raises("name of a record", batch.add, batch, nil, {})
    raises("table expected", batch.add, batch, "entry", "x")
    raises("needs a day", batch.add_entries, batch, {{party = 1}})
    raises("integer", batch.add_entries, batch, {{party = 1.5}})
    raises("unknown option", batch.add_entries, batch, {{partie = 1}})
    fails(custcap.INVALID, "colour",
          batch:add("entry", {party = "a", colour = "red"}))
    raises("kind of word", batch.word, batch, "colour", "red")
    fails(custcap.INVALID, "ZZZ", batch:word("unit", "ZZZ"))
    same(#custcap.fields("party") > 1, true)
end)

test("guards", function()
    local ledger = fresh()
    local batch = ledger:batch()
    assert(batch:add("relation", {party = "a", type = "referred-by",
                                  other = "a", from = "2024-01-01"}))
    local value, message, code, findings = batch:check()
    fails(custcap.REFUSED, "relation-self", value, message, code)
    same(findings:get("code", 1), "relation-self")
    value, message, code, findings = batch:commit()
    fails(custcap.REFUSED, "relation-self", value, message, code)
    batch:close() -- the findings are a copy
    collectgarbage()
    same(findings:get("severity", 1), "refuse")
    same(ledger:head().position, first)
end)

test("a NUL does not cut a word short", function()
    local ledger = shop()
    local snapshot = ledger:snapshot()
    local function refused(run, ...)
        raises("goes on after a NUL", run, ...)
    end
    local name = "revenue.retention"
    local row = {party = "a", day = "2024-01-05", amount = 1}
    refused(snapshot.measure, snapshot, name .. "\0x")
    refused(snapshot.measure, snapshot, name, {filter = {code = "revenue\0"}})
    refused(snapshot.measure, snapshot, name, {set = {["basis\0"] = "x"}})
    refused(snapshot.measure, snapshot, name, {set = {basis = "x\0y"}})
    refused(snapshot.measure, snapshot, name, {sort = "nrr\0"})
    refused(snapshot.measure, snapshot, name, {["limit\0"] = 1})
    refused(snapshot.records, snapshot, "entry\0")
    refused(ledger.post, ledger, "entry\0", row)
    refused(ledger.post, ledger, "entry",
            {["party\0x"] = "a", day = "2024-01-05", amount = 1})
    refused(ledger.backup, ledger, folder .. "/copy\0x")
    refused(ledger.unit_scale, ledger, "EUR\0")
    refused(ledger.party, ledger, "ann", "host\0")
    refused(ledger:batch().set_source, ledger:batch(), "shop\0")
    same(ledger:head().position, snapshot:position())
end)

test("ledgers", function()
    local ledger = fresh{unit = "JPY", zone = "Asia/Tokyo"}
    same(ledger:unit(), "JPY")
    same(ledger:zone(), "Asia/Tokyo")
    same(ledger:unit_scale(), 0)
    same(ledger:unit_scale("KWD"), 3)
    fails(custcap.NOT_FOUND, "ZZZ", ledger:unit_scale("ZZZ"))
    fails(custcap.INVALID, "", custcap.create(folder .. "/1.ledger"))
    fails(custcap.NOT_FOUND, "", custcap.open(folder .. "/none"))
    fails(custcap.NOT_A_LEDGER, "", custcap.open(arg[0]))
    fails(custcap.NOT_FOUND, "Mars",
          custcap.create(folder .. "/m", {zone = "Mars"}))
    raises("unknown option", custcap.open, "x", {readonly = true})
    raises("boolean expected", custcap.open, "x", {read_only = 1})
    raises("string expected", custcap.open)
    raises("after a NUL", custcap.open, "a\0b")
    assert(ledger:post("entry", {party = "a", day = "2024-01-05",
                                 amount = 1000}))
    assert(ledger:close_books("2024-01-31"))
    fails(custcap.CONFLICT, "", ledger:close_books("2024-01-31"))
    fails(custcap.REFUSED, "", ledger:post("entry",
        {party = "a", day = "2024-01-05", amount = 1000}))
    assert(ledger:post("entry", {party = "a", day = "2024-02-05",
                                 amount = 500}))
    local at = ledger:head().position
    same(ledger:undo(at), 1)
    fails(custcap.CONFLICT, "", ledger:undo(at))
    assert(ledger:verify())
    assert(ledger:seal())
    assert(ledger:rebuild())
    assert(ledger:backup(folder .. "/copy.ledger"))
    local copy = assert(custcap.open(folder .. "/copy.ledger",
                                     {read_only = true}))
    same(copy:head().chain, ledger:head().chain)
    fails(custcap.READ_ONLY, "", copy:post("entry",
        {party = "a", day = "2024-02-05", amount = 500}))
    assert(ledger:import_begin())
    assert(ledger:post("entry", {party = "z", day = "2024-02-06",
                                 amount = 1}))
    assert(ledger:import_cancel())
    fails(custcap.NOT_FOUND, "z", ledger:party("z"))
    assert(ledger:import_begin())
    assert(ledger:post("entry", {party = "y", day = "2024-02-06",
                                 amount = 1}))
    assert(ledger:import_end())
    assert(ledger:party("y"))
    assert(ledger:erase("y"))
    fails(custcap.NOT_FOUND, "y", ledger:party("y"))
end)

test("as known and as of", function()
    local ledger = shop()
    assert(ledger:post("entry", {party = "bob", day = "2024-02-20",
                                 amount = 30}))
    local function closing(options)
        return assert(ledger:snapshot(options)):measure("revenue.movements")
            :get("closing", 2)
    end
    same(closing(), 15000)
    same(closing{as_known = first + 1}, 12000)
    same(closing{as_known = tostring(first + 1)}, 12000)
    fails(custcap.INVALID, "", ledger:snapshot{as_known = 99})
    same(ledger:snapshot{as_of = "2024-01-31"}
             :measure("customer.summary"):count(), 2)
    raises("function expected", ledger.snapshot, ledger, {progress = 7})
    raises("unknown option", ledger.snapshot, ledger, {asof = 7})
end)

test("taxonomy", function()
    local words = assert(custcap.taxonomy())
    local fan = words:find("role", "fan")
    same(fan, custcap.ROLE_FAN)
    same(words:label(fan, "zh"), "粉丝")
    same(words:code(fan), "fan")
    same(words:kind(fan), "role")
    same(words:parent(fan), nil)
    local children = words:children(custcap.ROLE_CONSUMER)
    same(words:parent(children[1]), custcap.ROLE_CONSUMER)
    same(words:is_a(children[1], custcap.ROLE_CONSUMER), true)
    same(words:is_a(children[1], fan), false)
    same(#words:words("role"), words:count("role"))
    same(#words:words(), words:count())
    same(words:find("role", "nothing"), nil)
    same(words:code(999999), nil)
    same(words:scale(words:find("unit", "JPY")), 0)
    same(words:scale(fan), nil)
    same(type(words:data(fan)), "string")
    same(type(words:member(children[1], "layer")), "string")
    raises("kind of word", words.find, words, "colour", "x")
    local ledger = fresh()
    assert(ledger:post("definition", {kind = "role", code = "fan.club",
                                      parent = "fan", en = "Club"}))
    local snapshot = ledger:snapshot()
    local own = assert(snapshot:taxonomy())
    snapshot:close()
    ledger:close()
    same(own:label(own:find("role", "fan.club")), "Club")
end)

test("exact numbers", function()
    same(custcap.decimal(-105), "-1.05")
    same(custcap.decimal(5, 3), "0.005")
    same(custcap.decimal(7, 0), "7")
    same(custcap.decimal("-9223372036854775808", 2), "-92233720368547758.08")
    same(custcap.minor("12.30"), 1230)
    same(custcap.minor("-.5", 1), -5)
    same(custcap.minor("12.300", 1), 123)
    same(custcap.minor(12), 1200)
    fails(custcap.INVALID, "more than 2 digits", custcap.minor("1.005"))
    fails(custcap.INVALID, "no decimal", custcap.minor("1,5"))
    fails(custcap.INVALID, "no decimal", custcap.minor("-"))
    fails(custcap.INVALID, "no decimal", custcap.minor(""))
    fails(custcap.OVERFLOW, "", custcap.minor("92233720368547758.08"))
    fails(custcap.OVERFLOW, "", custcap.minor(("9"):rep(400)))
    raises("scale", custcap.decimal, 1, 19)
    raises("integer", custcap.decimal, 1.5)
    raises("integer", custcap.decimal, 0 / 0)
    raises("integer", custcap.decimal, 1 / 0)
    raises("integer", custcap.decimal, "12x")
    raises("integer", custcap.decimal, "9223372036854775808")
    raises("integer", custcap.decimal, {})
    same(custcap.day("1970-01-01"), 0)
    same(custcap.day("2024-02-29"), 19782)
    same(custcap.day_text(-1), "1969-12-31")
    same(custcap.day_text(19782), "2024-02-29")
    raises("day expected", custcap.day, "2023-02-29")
    raises("day expected", custcap.day, "2024-1-1")
    -- 90071992547409.93 is one more than a double can tell apart.
    local ledger = fresh()
    assert(ledger:post("entry", {party = "a", day = "2024-01-01",
                                 amount = "90071992547409.93"}))
    local answer = ledger:snapshot():measure("revenue.movements")
    same(answer:decimal("closing", 1), "90071992547409.93")
    if exact then
        same(answer:get("closing", 1), math.tointeger(9007199254740993))
    else
        fails(custcap.OVERFLOW, "2^53", answer:get("closing", 1))
        fails(custcap.OVERFLOW, "row 1, new", answer:row(1))
        raises("2^53", function()
            for _ in answer:rows() do
                error("a row came")
            end
        end)
        raises("2^53", custcap.decimal, 2 ^ 54)
        same(custcap.decimal("9007199254740993"), "90071992547409.93")
    end
    -- The last that are exact go both ways.
    same(custcap.decimal(2 ^ 53, 0), "9007199254740992")
    same(custcap.minor("9007199254740992", 0), 2 ^ 53)
end)

test("closed handles", function()
    local ledger = shop()
    local snapshot = ledger:snapshot()
    local answer = snapshot:measure("revenue.movements")
    local batch = ledger:batch()
    for _, handle in ipairs{ledger, snapshot, answer, batch,
                            custcap.query(), custcap.taxonomy()} do
        same(handle:is_open(), true)
        handle:close()
        handle:close()
        same(handle:is_open(), false)
        holds(tostring(handle), "closed")
    end
    raises("closed custcap.ledger", ledger.head, ledger)
    raises("closed custcap.snapshot", snapshot.measure, snapshot, "x")
    raises("closed custcap.table", answer.count, answer)
    raises("closed custcap.table", answer.rows, answer)
    raises("closed custcap.batch", batch.commit, batch)
    raises("closed custcap.table", function() return #answer end)
    raises("closed custcap.table", custcap.merge, {answer})
end)

test("wrong handles", function()
    local ledger = shop()
    local snapshot = ledger:snapshot()
    raises("custcap.ledger expected, got userdata", ledger.head, snapshot)
    raises("custcap.ledger expected, got no value", ledger.head)
    raises("custcap.ledger expected, got userdata", ledger.head, io.stdout)
    raises("custcap.ledger expected", ledger.close, snapshot)
    raises("custcap.snapshot expected", snapshot.close, 7)
    same(getmetatable(ledger), "custcap.ledger")
    raises("", setmetatable, ledger, {})
    same(ledger.nothing, nil)
    raises("", function() ledger.nothing = 1 end)
end)

test("children keep what they need", function()
    local ledger = shop()
    local batch = ledger:batch()
    local snapshot = ledger:snapshot()
    ledger:close()
    ledger = nil
    collectgarbage()
    collectgarbage()
    same(snapshot:measure("revenue.movements"):get("closing", 2), 12000)
    local value, message, code =
        batch:add("entry", {party = "a", day = "2024-01-01", amount = 1})
    if value ~= nil then
        value, message, code = batch:commit()
    end
    fails(custcap.MISUSE, "", value, message, code)
    batch:close()
    local answer = snapshot:measure("revenue.movements")
    snapshot:close()
    same(answer:get("closing", 2), 12000)
    -- Left to the collector in any order.
    for _ = 1, 20 do
        local other = shop()
        local all = {other, other:batch(), other:snapshot()}
        all[4] = all[3]:measure("revenue.movements")
        all[5] = custcap.query{tables = {t = all[4]}}
        all[3] = nil
        collectgarbage("step", 200)
    end
    collectgarbage()
    collectgarbage()
end)

test("callbacks", function()
    -- One thread: only the caller's may call back, and on so little it may
    -- have nothing to do.
    local ledger = shop{threads = 1}
    local calls = 0
    assert(ledger:verify(function(done, total)
        calls = calls + 1
        same(type(done), "number")
        same(type(total), "number")
    end))
    same(calls > 0, true)
    fails(custcap.CANCELLED, "", ledger:verify(function() return false end))
    assert(ledger:verify())
    -- What a callback raises comes out as it is, once.
    local thrown = {}
    local ok, caught = pcall(ledger.verify, ledger, function()
        error(thrown)
    end)
    same(ok, false)
    same(caught, thrown)
    ok, caught = pcall(ledger.rebuild, ledger, function() error(nil) end)
    same(ok, false)
    assert(ledger:rebuild())
    same(assert(ledger:snapshot()):measure("revenue.movements")
             :get("closing", 2), 12000)
    raises("in use", ledger.verify, ledger, function() ledger:close() end)
    raises("in use", ledger.verify, ledger, function() ledger:head() end)
    local batch = ledger:batch()
    raises("in use", ledger.verify, ledger, function() batch:count() end)
    raises("in use", ledger.verify, ledger, function() batch:close() end)
    -- A snapshot is its own: it may be asked meanwhile.
    local snapshot = ledger:snapshot()
    assert(ledger:verify(function()
        same(snapshot:measure("revenue.movements"):count(), 2)
        collectgarbage()
    end))
    assert(ledger:verify())
    raises("function expected", ledger.verify, ledger, 7)
    -- Of a snapshot, for every measure of it.
    local stop = false
    calls = 0
    local watched = ledger:snapshot{progress = function()
        calls = calls + 1
        if stop == "raise" then
            error("stopped by hand")
        end
        return not stop
    end}
    collectgarbage()
    assert(watched:measure("revenue.movements"))
    same(calls > 0, true)
    stop = true
    fails(custcap.CANCELLED, "", watched:measure("revenue.movements"))
    stop = "raise"
    raises("stopped by hand", watched.measure, watched, "revenue.movements")
    stop = false
    assert(watched:measure("revenue.movements"))
    local closing
    closing = ledger:snapshot{progress = function() closing:close() end}
    raises("in use", closing.measure, closing, "revenue.movements")
    -- Writers.
    local answer = snapshot:measure("revenue.movements")
    raises("disk is full", answer.write, answer, "csv",
           function() error("disk is full") end)
    raises("in use", answer.write, answer, "csv",
           function() answer:close() end)
    fails(custcap.CANCELLED, "",
          answer:write("csv", function() return false end))
    assert(answer:write("csv", function() end))
    -- Yielding across the library is an error, not a crash.
    local thread = coroutine.create(function()
        return ledger:verify(function() coroutine.yield() end)
    end)
    local resumed = coroutine.resume(thread)
    same(resumed, false)
    assert(ledger:verify())
    -- Deep inside a callback of a callback.
    assert(ledger:verify(function()
        assert(answer:write("csv", function()
            return snapshot:measure("revenue.retention"):count() > 0
        end))
    end))
    -- An error in a callback inside a coroutine.
    thread = coroutine.wrap(function()
        return pcall(ledger.verify, ledger, function() error("inner") end)
    end)
    local inner_ok, inner_why = thread()
    same(inner_ok, false)
    holds(inner_why, "inner")
end)

test("metamethods called by hand", function()
    local ledger = shop()
    local meta = debug.getmetatable(ledger)
    raises("in use", ledger.verify, ledger, function()
        meta.__gc(ledger)
        ledger:head()
    end)
    assert(ledger:verify())
    meta.__gc(ledger)
    meta.__gc(ledger)
    raises("closed", ledger.head, ledger)
    raises("custcap.ledger expected", meta.__gc, 7)
    raises("custcap.ledger expected", meta.__gc, shop():snapshot())
end)

test("catalogue", function()
    local names = custcap.measures()
    local found = {}
    for _, name in ipairs(names) do
        found[name] = true
        assert(custcap.about(name, "title"))
    end
    same(found["revenue.retention"], true)
    same(custcap.about("revenue.nothing", "title"), nil)
    same(custcap.status_name(custcap.REFUSED), "REFUSED")
    same(custcap.version, "0.1.0")
end)

test("models", function()
    -- Fader, Hardie, Lee 2005: the published fit of CDNOW and its example
    -- customer, 1.226 purchases in the next 39 weeks.
    local model = assert(custcap.model("bg/nbd",
                                       {0.243, 4.414, 0.793, 2.426}))
    local one = {frequency = {2}, recency = {30.43}, age = {38.86}}
    local expected = assert(model:predict(one, {ahead = 39}))
    same(#expected, 1)
    same(string.format("%.3f", expected[1]), "1.226")
    same(model:predict(one, {ahead = {39}})[1], expected[1])
    same(model:name(), "bg/nbd")
    local values, names = model:parameters()
    same(values.alpha, 4.414)
    same(table.concat(names, " "), "r alpha a b")
    same(select(2, model:value("r")), nil) -- known, not estimated
    local again = assert(custcap.load_model(assert(model:save())))
    same(again:predict(one, {ahead = 39})[1], expected[1])
    fails(custcap.CORRUPT, "", custcap.load_model("nonsense"))
    same(model:curve("alive", {0})[1], 1)
    same(model:curve("expected", {0, 1})[1], 0)
    -- What is simulated from a model is fitted: the same customers again, and
    -- a likelihood that is the sum over them.
    local ages = {}
    for i = 1, 400 do
        ages[i] = 52 - i % 13
    end
    local made = assert(model:simulate(ages, 7))
    same(#made.frequency, 400)
    local data = {frequency = made.frequency, recency = made.recency,
                  age = ages}
    local calls = 0
    local fit = assert(custcap.fit("bg/nbd", data, {progress = function()
        calls = calls + 1
    end}))
    same(calls > 0, true)
    local sum, each = fit:log_likelihood(data)
    local total = 0
    for i = 1, 400 do
        total = total + each[i]
    end
    same(math.abs(total - sum) < 1e-8, true)
    same(math.abs(sum - fit:value("log_likelihood")) < 1e-8, true)
    same(fit:value("customers"), 400)
    same(#fit:covariance(), 4)
    same(#fit:covariance()[1], 4)
    local shown = assert(fit:table())
    same(shown:get("name", 1), "r")
    same(shown:get("value", 1), (fit:value("r")))
    raises("no exact decimals", shown.decimal, shown, "value", 1)
    same(#fit:words() > 0, true)
    local equity = assert(fit:total(data, {what = "expected", ahead = 10}))
    total = 0
    for _, value in ipairs(fit:predict(data, {ahead = 10})) do
        total = total + value
    end
    same(math.abs(equity.value - total) < 1e-8, true)
    same(equity.lower < equity.value and equity.value < equity.upper, true)
    same(fit:tracking(data, 4, 10):count(), 10)
    same(fit:frequencies(data, 5):count(), 6)
    local scores = assert(custcap.scores({1, 2}, {1, 4}))
    same(scores:get("value", 1), 1) -- mean absolute error of 0 and 2
    local spend = assert(custcap.model("gamma-gamma", {6.25, 3.74, 15.44}))
    assert(model:predict({frequency = {2}, recency = {30.43}, age = {38.86},
                          spend = {40}},
                         {what = "lifetime", spend = spend, ahead = 39}))
    -- What can't be.
    fails(custcap.NOT_FOUND, "", custcap.model("nothing", {1}))
    fails(custcap.INVALID, "", custcap.model("bg/nbd", {1}))
    local value, message, code, row, field = model:predict(
        {frequency = {2, 1}, recency = {30, 50}, age = {38, 40}})
    fails(custcap.INVALID, "", value, message, code)
    same(row, 2)
    fails(custcap.CANCELLED, "", custcap.fit("bg/nbd", data,
        {progress = function() return false end}))
    raises("by hand", custcap.fit, "bg/nbd", data,
           {progress = function() error("by hand") end})
    raises("unknown option", custcap.fit, "bg/nbd", {x = {}})
    raises("unknown option", model.predict, model, one, {ahed = 1})
    raises("none of them", model.predict, model, one, {what = "x"})
    raises("number expected", model.predict, model, {frequency = {"x"}})
    raises("rows", model.predict, model, {frequency = {1}, recency = {}})
    raises("rows", model.predict, model, one, {ahead = {1, 2}})
    raises("list of numbers", model.curve, model, "alive", 7)
    raises("custcap.model expected", model.predict, model, one,
           {spend = 7})
    model:close()
    raises("closed custcap.model", model.name, model)
    same(#custcap.model_kinds() >= 11, true)
end)

if loadstring == nil and _VERSION >= "Lua 5.4" then
    test("to be closed", function()
        local ledger = shop()
        local seen = load([[
            local ledger = ...
            local seen
            do
                local snapshot <close> = ledger:snapshot()
                seen = snapshot
                assert(seen:is_open())
            end
            return seen]])(ledger)
        same(seen:is_open(), false)
    end)
end

os.exit(failed and 1 or 0)
