-- retention.lua - the retention table of a ledger as CSV.
-- lua5.4 retention.lua demo.ledger
local custcap = require "custcap"
local ledger = assert(custcap.open(arg[1] or "demo.ledger",
                                   {read_only = true}))
local answer = assert(ledger:snapshot():measure("revenue.retention"))
io.write(answer:render("csv"))
