-- title: Windows in which a party was asked
-- version: 1
-- formula: as participation.may_ask, a row a rule
-- source: DEFINITIONS.md "Scores and people" (ask cap)
-- requirements: A-22
-- window: none
-- parameter: party party - who
-- parameter: purpose text? - what for
-- parameter: minutes int64 = 0 - effort that it would take
-- column: rule text key - ask-cap or below
-- column: purpose text none - what the rule counts; none: any
-- column: days int64 none - length of the window
-- column: asks int64 none - within it
-- column: cap int64 none - allowed
-- column: minutes int64 none - of effort within it
-- column: minutes_cap int64 none - allowed
-- column: blocks int64 none - 1: one more does not fit
-- column: again instant none - when it does
-- drill: asks,minutes SELECT :party AS party;
SELECT rule, purpose, days, asks, cap, minutes, minutes_cap, blocks,
    free_at AS again
FROM ask_window(:party, :purpose)
