-- title: Defects that only customers found
-- version: 1
-- formula: events `defect` in the window (all, without one); object is the
--   defect, word the trial. found: by at least one customer; internal: by us
--   or a party that plays a role of the core layer (staff); novel: found by
--   customers and not internally; novelty = novel / found
-- source: REQUIREMENTS.md A-11 (customers' set less the internal one)
-- requirements: A-11
-- window: none
-- column: trial text key - in which
-- column: found int64 none - defects that customers found
-- column: internal int64 none - that staff found
-- column: novel int64 none - that customers alone found
-- column: novelty ratio none - novel / found
-- drill: found,novelty_den SELECT id AS record, party FROM event WHERE
--   is_a('event', kind, 'defect') AND coalesce(word, '') = :trial AND party
--   <> 1 AND party NOT IN (SELECT party FROM role_interval('us') WHERE
--   holds = 1 AND word_member('role', role, 'layer') = 'core') AND (:from
--   IS NULL OR (day >= :from AND day < :to));
-- drill: internal SELECT id AS record, party FROM event WHERE is_a('event',
--   kind, 'defect') AND coalesce(word, '') = :trial AND (party = 1 OR party
--   IN (SELECT party FROM role_interval('us') WHERE holds = 1 AND
--   word_member('role', role, 'layer') = 'core')) AND (:from IS NULL OR
--   (day >= :from AND day < :to));
-- drill: novel,novelty_num SELECT id AS record, party FROM event WHERE
--   is_a('event', kind, 'defect') AND coalesce(word, '') = :trial AND
--   object NOT IN (SELECT object FROM event WHERE is_a('event', kind,
--   'defect') AND object IS NOT NULL AND coalesce(word, '') = :trial AND
--   (party = 1 OR party IN (SELECT party FROM role_interval('us') WHERE
--   holds = 1 AND word_member('role', role, 'layer') = 'core')) AND (:from
--   IS NULL OR (day >= :from AND day < :to))) AND (:from IS NULL OR (day >=
--   :from AND day < :to));
WITH staff AS MATERIALIZED (
    SELECT 1 AS party
    UNION
    SELECT party FROM role_interval('us')
    WHERE holds = 1 AND word_member('role', role, 'layer') = 'core'
),
defects AS MATERIALIZED (
    SELECT coalesce(word, '') AS trial, object,
        max(party NOT IN (SELECT party FROM staff)) AS by_customers,
        max(party IN (SELECT party FROM staff)) AS by_staff
    FROM event
    WHERE is_a('event', kind, 'defect') AND object IS NOT NULL
        AND (:from IS NULL OR (day >= :from AND day < :to))
    GROUP BY coalesce(word, ''), object
)
SELECT trial, sum(by_customers) AS found, sum(by_staff) AS internal,
    sum(by_customers AND NOT by_staff) AS novel,
    sum(by_customers AND NOT by_staff) AS novelty_num,
    sum(by_customers) AS novelty_den
FROM defects
GROUP BY trial
