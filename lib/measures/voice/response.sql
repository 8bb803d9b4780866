-- title: Levels of service kept
-- version: 1
-- formula: requests (voice.requests) answered within the time of the rule, of
--   those answered or overdue; those that still have time are left out
-- source: REQUIREMENTS.md A-12, D-31
-- requirements: A-12 D-31
-- window: none
-- uses: voice.requests
-- column: level text key - the rule
-- column: requests int64 sum - that were made
-- column: within ratio ratio - answered in time, of those decided
-- column: late int64 sum - answered too late
-- column: overdue int64 sum - not answered, too late
-- column: waiting int64 sum - not answered, in time
-- column: slowest int64 max - seconds of the slowest answer
-- drill: requests SELECT request AS record, party, state FROM voice_requests
--   WHERE level = :level;
-- drill: within_num SELECT request AS record, party, state
--   FROM voice_requests WHERE level = :level AND state = 'within';
-- drill: within_den SELECT request AS record, party, state
--   FROM voice_requests WHERE level = :level AND state <> 'waiting';
-- drill: late SELECT request AS record, party, state FROM voice_requests
--   WHERE level = :level AND state = 'late';
-- drill: overdue SELECT request AS record, party, state FROM voice_requests
--   WHERE level = :level AND state = 'overdue';
-- drill: waiting SELECT request AS record, party, state FROM voice_requests
--   WHERE level = :level AND state = 'waiting';
SELECT level, count(*) AS requests, sum(state = 'within') AS within_num,
    sum(state <> 'waiting') AS within_den, sum(state = 'late') AS late,
    sum(state = 'overdue') AS overdue, sum(state = 'waiting') AS waiting,
    max(iif(answered IS NULL, NULL, seconds)) AS slowest
FROM voice_requests
GROUP BY level
