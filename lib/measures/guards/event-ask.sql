-- title: Nobody is asked too often
-- version: 1
-- formula: an ask is an event whose kind, or one above, has "capped" in its
--   data and not "transactional"; word is its purpose, number the minutes
--   it takes (begun ones count). Every rule ask-cap and ask-cap.* in force
--   on an ask's day is a window: the asks of one party (merged parties are
--   one) in (t - days, t] must not be more than "cap", nor their minutes
--   more than "minutes"; with "purpose" only those for it count. A
--   back-dated ask counts in the windows of later ones, too. Who has
--   withdrawn the consent `contact`, or that for the ask's purpose, is not
--   asked; merged parties as governance.consent says
-- source: DEFINITIONS.md "Scores and people" (ask cap); VOCABULARY.md
--   "Contributions" (boundaries)
-- requirements: A-22
-- column: severity text none - refuse
-- column: code text none - event-ask
-- column: record text none - the event
-- column: reason text none - rule, cap and count, or the withdrawal
-- needs: data capped of kind of event
WITH RECURSIVE kinds AS MATERIALIZED (
    SELECT code FROM word('event')
    WHERE word_member('event', code, 'capped') = 'true'
        AND coalesce(word_member('event', code, 'transactional'), '')
            <> 'true'
),
tens(scale, one) AS (
    VALUES (0, 1)
    UNION ALL
    SELECT scale + 1, one * 10 FROM tens WHERE scale < 18
),
pending AS MATERIALIZED (
    SELECT row, id, party, day, instant, word AS purpose, number,
        coalesce(number_scale, 0) AS scale
    FROM pending_event
    WHERE kind IN (SELECT code FROM kinds)
),
who AS MATERIALIZED (
    SELECT DISTINCT party FROM pending
),
together AS MATERIALIZED (
    SELECT 0 AS row, event.id, event.party, event.day, event.instant,
        event.word AS purpose, event.number,
        coalesce(event.number_scale, 0) AS scale
    FROM who CROSS JOIN event ON event.party = who.party
    WHERE event.kind IN (SELECT code FROM kinds)
    UNION ALL
    SELECT row, id, party, day, instant, purpose, number, scale FROM pending
),
asks AS MATERIALIZED (
    -- begun minutes, as kernels/asking.c has them
    SELECT together.row, together.id, together.party, together.day,
        together.instant, together.purpose,
        iif(together.number > 0, min((together.number - 1) / tens.one + 1,
            2147483647), 0) AS minutes
    FROM together JOIN tens ON tens.scale = together.scale
),
rules AS MATERIALIZED (
    SELECT rule.code, days.day, word_data('rule', rule.code, days.day) AS data
    FROM word('rule') AS rule
    CROSS JOIN (SELECT DISTINCT day FROM asks) AS days
    WHERE rule.code = 'ask-cap' OR rule.code LIKE 'ask-cap.%'
),
windows AS MATERIALIZED (
    SELECT code, day, json_extract(data, '$.cap') AS cap,
        json_extract(data, '$.minutes') AS minutes,
        json_extract(data, '$.days') AS days,
        json_extract(data, '$.purpose') AS purpose
    FROM rules
    WHERE json_extract(data, '$.days') > 0
),
spans AS MATERIALIZED (
    -- the window (begins, instant] of each ask, by each rule
    SELECT asks.id, asks.party, asks.day, coalesce(windows.purpose, '') AS of,
        asks.instant - windows.days * 86400000000 AS begins, windows.code,
        windows.cap, windows.minutes, windows.days, windows.purpose
    FROM asks CROSS JOIN windows ON windows.day = asks.day
    WHERE windows.purpose IS NULL OR windows.purpose = asks.purpose
),
places AS MATERIALIZED (
    -- asks, and where windows begin, of all purposes ('') and of each
    SELECT party, '' AS of, instant AS at, 0 AS is_begin, id, '' AS code,
        1 AS one, minutes, row
    FROM asks
    UNION ALL
    SELECT party, purpose, instant, 0, id, '', 1, minutes, row
    FROM asks WHERE purpose IN (SELECT of FROM spans)
    UNION ALL
    SELECT party, of, begins, 1, id, code, 0, 0, 0 FROM spans
),
running AS MATERIALIZED (
    -- what there is up to a place; a window has what came since it began
    SELECT party, of, is_begin, id, code, row, sum(one) OVER upto AS asks,
        sum(minutes) OVER upto AS minutes, sum(row > 0) OVER upto AS fresh
    FROM places
    WINDOW upto AS (PARTITION BY party, of ORDER BY at, is_begin, id, code
        ROWS UNBOUNDED PRECEDING)
),
counted AS MATERIALIZED (
    SELECT spans.party, spans.day, spans.code, spans.cap, spans.minutes,
        spans.days, spans.purpose, latest.row,
        upto.asks - before.asks AS count,
        upto.minutes - before.minutes AS spent
    FROM spans
    CROSS JOIN running AS upto ON upto.id = spans.id AND upto.of = spans.of
        AND upto.is_begin = 0
    CROSS JOIN running AS before ON before.id = spans.id
        AND before.code = spans.code AND before.is_begin = 1
    CROSS JOIN running AS latest ON latest.party = spans.party
        AND latest.of = spans.of AND latest.fresh = upto.fresh
        AND latest.row > 0
    WHERE upto.fresh > before.fresh
),
merged AS MATERIALIZED (
    SELECT party, max(instant) AS instant
    FROM link
    WHERE until IS NULL AND party IN (SELECT party FROM who)
    GROUP BY party
),
said AS MATERIALIZED (
    SELECT consent.party, consent.origin, consent.purpose, consent.instant,
        consent.day, consent.given, consent.instant >= coalesce((
            SELECT instant FROM merged WHERE merged.party = consent.party),
            consent.instant) AS since
    FROM who CROSS JOIN consent ON consent.party = who.party
    UNION ALL
    SELECT party, 0, purpose, instant, day, given, 1
    FROM pending_consent
    WHERE party IN (SELECT party FROM who)
),
answers AS MATERIALIZED (
    SELECT pending.row, pending.party, said.purpose, said.day, said.given,
        said.since, row_number() OVER (
            PARTITION BY pending.row, said.purpose, said.since,
                iif(said.since, 0, said.origin)
            ORDER BY said.instant DESC, said.given) AS nth
    FROM pending CROSS JOIN said ON said.party = pending.party
    WHERE said.instant <= pending.instant
        AND (said.purpose = 'contact' OR said.purpose = pending.purpose)
),
deciding AS MATERIALIZED (
    SELECT row, party, purpose, day, given, row_number() OVER (
            PARTITION BY row, purpose ORDER BY since DESC, given) AS first
    FROM answers
    WHERE nth = 1
)
SELECT 'refuse' AS severity, 'event-ask' AS code,
    'event ' || row AS record,
    coalesce(party_key(party), '#' || party) || ' is asked '
        || iif(cap < count, count || ' times',
            'for ' || spent || ' minutes')
        || ' in the ' || days || ' days to ' || day_text(day)
        || coalesce(' for ' || purpose, '') || '; the rule ' || code
        || ' allows ' || iif(cap < count, cap, minutes) AS reason
FROM counted
WHERE count > cap OR spent > minutes
UNION ALL
SELECT 'refuse', 'event-ask', 'event ' || row,
    coalesce(party_key(party), '#' || party) || ' has withdrawn from '
        || purpose || ' on ' || day_text(day)
        || ', and opting out is always honoured'
FROM deciding
WHERE first = 1 AND given = 0
