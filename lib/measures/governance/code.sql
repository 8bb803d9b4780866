-- title: The ethics code and its versions
-- version: 1
-- formula: definitions of the rule ethics-code whose data has a version, each
--   from its day until the next
-- source: REQUIREMENTS.md A-26
-- requirements: A-26
-- window: none
-- shards: no
-- column: from_day day key - first day of the version
-- column: version text none - its name
-- column: in_force int64 none - 1: the one at the moment
-- column: rights text none - what those who take part may
-- column: duties text none - what they must
-- column: ip text none - to whom ideas belong
WITH versions AS MATERIALIZED (
    SELECT day, json_extract(data, '$.version') AS version,
        json_extract(data, '$.rights') AS rights,
        json_extract(data, '$.duties') AS duties,
        json_extract(data, '$.ip') AS ip,
        day = max(day) OVER () AS last
    FROM definition
    WHERE kind = 'rule' AND code = 'ethics-code' AND json_valid(data)
)
SELECT day AS from_day, CAST(version AS TEXT) AS version, last AS in_force,
    CAST(rights AS TEXT) AS rights, CAST(duties AS TEXT) AS duties,
    CAST(ip AS TEXT) AS ip
FROM versions
WHERE version IS NOT NULL
