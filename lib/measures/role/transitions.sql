-- title: Transitions between roles, or stages
-- version: 1
-- formula: n(i, j) = parties that had i on the window's first day and have j
--   on its last; share = n(i, j) / sum over j, with Wilson's 95 % interval.
--   By role: j is the newest role taken up in the window and kept, else i
--   itself, or gone. By stage: stages of one role
-- source: DEFINITIONS.md "Scores and people"
-- requirements: C-18
-- shards: no
-- parameter: by text = role of role|stage - role or stage
-- parameter: toward text = us - a host key, us, or * for any
-- column: role text key - by stage: of which role
-- column: state text key - on the first day
-- column: next text key - on the last day; gone where it ended
-- column: parties int64 sum - how many went that way
-- column: share ratio ratio - of all that began there
-- column: low decimal none 6 - lower end of the interval
-- column: high decimal none 6 - upper end
-- drill: parties,share_num SELECT party FROM role_move(:by, :toward) WHERE
--   coalesce(role, '') = coalesce(:role, '') AND coalesce(state, '') =
--   coalesce(:state, '') AND coalesce(next, 'gone') = :next;
-- drill: share_den SELECT party FROM role_move(:by, :toward) WHERE
--   coalesce(role, '') = coalesce(:role, '') AND coalesce(state, '') =
--   coalesce(:state, '');
WITH moved AS MATERIALIZED (
    SELECT coalesce(role, '') AS role, coalesce(state, '') AS state,
        coalesce(next, 'gone') AS next, parties
    FROM role_transition(:by, :toward)
),
began AS MATERIALIZED (
    SELECT role, state, sum(parties) AS parties FROM moved
    GROUP BY role, state
)
SELECT nullif(moved.role, '') AS role, moved.state, moved.next,
    moved.parties, moved.parties AS share_num, began.parties AS share_den,
    wilson_low(moved.parties, began.parties) AS low,
    wilson_high(moved.parties, began.parties) AS high
FROM moved JOIN began
    ON began.role = moved.role AND began.state = moved.state
