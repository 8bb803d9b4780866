-- title: Actions closed, open and overdue
-- version: 1
-- formula: tasks as in voice.followups; closed = done of all; dropped: ended
--   without being done
-- source: REQUIREMENTS.md D-27, E-14
-- requirements: D-27 E-14
-- window: none
-- uses: voice.followups
-- parameter: group text = all - all, kind, about, owner or party
-- column: part text key - of what
-- column: actions int64 sum - how many
-- column: closed ratio ratio - done of all
-- column: open int64 sum - not ended
-- column: overdue int64 sum - open past its due day
-- column: unowned int64 sum - open without an owner
-- column: dropped int64 sum - ended, not done
-- drill: actions,closed_den SELECT item AS record, party, state
--   FROM voice_followups WHERE CASE :group WHEN 'kind' THEN kind
--   WHEN 'about' THEN about WHEN 'owner' THEN party_key(owner) WHEN 'party'
--   THEN party_key(party) ELSE 'all' END IS nullif(:part, '');
-- drill: closed_num SELECT item AS record, party, state
--   FROM voice_followups WHERE CASE :group WHEN 'kind' THEN kind
--   WHEN 'about' THEN about WHEN 'owner' THEN party_key(owner) WHEN 'party'
--   THEN party_key(party) ELSE 'all' END IS nullif(:part, '') AND done = 1;
-- drill: open SELECT item AS record, party, state
--   FROM voice_followups WHERE CASE :group WHEN 'kind' THEN kind
--   WHEN 'about' THEN about WHEN 'owner' THEN party_key(owner) WHEN 'party'
--   THEN party_key(party) ELSE 'all' END IS nullif(:part, '') AND open = 1;
-- drill: overdue SELECT item AS record, party, state
--   FROM voice_followups WHERE CASE :group WHEN 'kind' THEN kind
--   WHEN 'about' THEN about WHEN 'owner' THEN party_key(owner) WHEN 'party'
--   THEN party_key(party) ELSE 'all' END IS nullif(:part, '')
--   AND overdue = 1;
-- drill: unowned SELECT item AS record, party, state
--   FROM voice_followups WHERE CASE :group WHEN 'kind' THEN kind
--   WHEN 'about' THEN about WHEN 'owner' THEN party_key(owner) WHEN 'party'
--   THEN party_key(party) ELSE 'all' END IS nullif(:part, '') AND open = 1
--   AND owner IS NULL;
-- drill: dropped SELECT item AS record, party, state
--   FROM voice_followups WHERE CASE :group WHEN 'kind' THEN kind
--   WHEN 'about' THEN about WHEN 'owner' THEN party_key(owner) WHEN 'party'
--   THEN party_key(party) ELSE 'all' END IS nullif(:part, '') AND open = 0
--   AND done = 0;
WITH tasks AS MATERIALIZED (
    SELECT CASE :group WHEN 'all' THEN 'all' WHEN 'kind' THEN kind
            WHEN 'about' THEN about WHEN 'owner' THEN party_key(owner)
            WHEN 'party' THEN party_key(party)
            ELSE fail('group is all, kind, about, owner or party, not '
                || :group) END AS part,
        owner, open, done, overdue
    FROM voice_followups
)
SELECT part, count(*) AS actions, sum(done) AS closed_num,
    count(*) AS closed_den, sum(open) AS open, sum(overdue) AS overdue,
    sum(open = 1 AND owner IS NULL) AS unowned,
    sum(open = 0 AND done = 0) AS dropped
FROM tasks
GROUP BY part
