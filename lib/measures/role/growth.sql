-- title: Who grows into which role
-- version: 1
-- formula: rules below `growth`, looked at at month ends from the first
--   record on: promoted when all criteria are met, kept until one falls below
--   keep_ppm of its threshold for more than grace_months. due: promoted, but
--   the role was not given yet; kept; lapsed: has the role, not promoted;
--   candidate
-- source: DEFINITIONS.md "Scores and people"
-- requirements: C-04 C-18
-- window: none
-- parameter: rules text = growth - what the rules are below
-- parameter: status text? of due|kept|lapsed|candidate - only due, kept, lapsed
--   or candidate
-- column: party party key - who
-- column: rule text key - by which rule
-- column: becomes text none - the role
-- column: status text none - due, kept, lapsed or candidate
-- column: since day none - the month end that decided
WITH judged AS MATERIALIZED (
    SELECT party, rule, becomes, since,
        CASE
            WHEN promoted = 1 AND plays = 1 THEN 'kept'
            WHEN promoted = 1 THEN 'due'
            WHEN plays = 1 THEN 'lapsed'
            ELSE 'candidate'
        END AS status
    FROM growth(:rules)
)
SELECT party, rule, becomes, status, since FROM judged
WHERE :status IS NULL OR status = :status
