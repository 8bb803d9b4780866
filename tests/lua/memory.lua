-- memory.lua - what memory.c runs: a bit of everything that makes handles.
local custcap = require "custcap"
local ledger = assert(custcap.open(path))
local batch = assert(ledger:batch())
assert(batch:add("entry", {
    {party = "a", day = "2024-01-01", amount = 5, line = "x"},
    {party = "b", day = "2024-01-02", amount = "6.00"}}))
batch:add_entries{{party = batch:party("c"), amount = 1, day = 20000}}
batch:close()
assert(batch.add)
local wrong, message, code = ledger:party("nobody")
assert(wrong == nil and code == custcap.NOT_FOUND, message)
local calls = 0
local snapshot = assert(ledger:snapshot{threads = 1, progress = function()
    calls = calls + 1
    local kept = {calls}
    return kept[1] > 0
end})
local base = assert(snapshot:measure_text("SELECT 1 AS n"))
local query = custcap.query{period = "year", filter = {line = {"tea"}},
                            tables = {base = base}, set = {x = "y"}}
local answer = assert(snapshot:measure("revenue.movements",
                                       {period = "year"}))
local text = answer:render("csv")
local parts = {}
assert(answer:write("csv", function(part) parts[#parts + 1] = part end))
assert(table.concat(parts) == text)
for _, row in answer:rows() do
    assert(row.closing)
end
assert(answer:sorted("closing"):count() == answer:count())
assert(custcap.merge{answer, answer})
local words = assert(snapshot:taxonomy())
assert(#words:children(custcap.ROLE_CONSUMER) > 0)
assert(tostring(answer):find("closing"))
assert(snapshot:records("entry"))
assert(ledger:verify(function() return #{calls} == 1 end))
query:close()
local model = assert(custcap.model("bg/nbd", {0.243, 4.414, 0.793, 2.426}))
local made = assert(model:simulate({30, 31, 32, 33, 34, 35, 36, 37, 38}, 3))
local data = {frequency = made.frequency, recency = made.recency,
              age = {30, 31, 32, 33, 34, 35, 36, 37, 38}}
assert(#assert(model:predict(data, {ahead = {1, 2, 3, 4, 5, 6, 7, 8, 9}})) == 9)
assert(model:table():count() > 4)
assert(custcap.load_model(model:save()))
model:close()
