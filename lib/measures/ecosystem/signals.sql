-- title: Signals of the environment and our responses
-- version: 1
-- uses: ecosystem.signal
-- formula: over ecosystem.signal: answered / all; answered within the days of
--   the rule signal-response / all; mean and largest number of days
-- source: REQUIREMENTS E-24
-- requirements: E-24
-- window: none
-- column: signals int64 sum - seen
-- column: answered ratio ratio - of all
-- column: in_time ratio ratio - of all
-- column: days ratio ratio 1 - from signal to response
-- column: slowest int64 max - days
-- drill: signals,answered_den,in_time_den SELECT signal AS record, party
--   FROM ecosystem_signal;
-- drill: answered_num,days_den SELECT signal AS record, party FROM
--   ecosystem_signal WHERE response IS NOT NULL;
-- drill: in_time_num SELECT signal AS record, party FROM ecosystem_signal
--   WHERE in_time;
SELECT count(*) AS signals, count(response) AS answered_num,
    count(*) AS answered_den, coalesce(sum(in_time), 0) AS in_time_num,
    count(*) AS in_time_den, 10 * coalesce(sum(days), 0) AS days_num,
    count(days) AS days_den, max(days) AS slowest
FROM ecosystem_signal
