-- title: Stages of customers
-- version: 1
-- formula: the stage of every role in force; an open-ended interval ends
--   where its party takes up the role in another stage
-- source: VOCABULARY.md "Axes first"
-- requirements: B-02 B-07
-- window: none
-- parameter: toward text = * - a host key, us, or * for any
-- column: party party key - who
-- column: role text key - which role
-- column: toward party key - toward whom
-- column: stage text none - the stage, nothing where none was given
-- column: since day none - first day of it
-- drill: since SELECT :party AS party;
SELECT party, role, toward, stage, day AS since
FROM role_interval(:toward)
WHERE holds = 1
