-- title: Asks and answers by period
-- version: 1
-- formula: by period of the window: asks: events whose kind, or one above,
--   has "capped" and not "transactional"; answered: of them, those whose
--   party has an event `answer` about the same object from then on, before
--   the window's end; rate = answered / asks; asked: distinct parties; most:
--   asks of the party asked most; over_asking: 1 where both this period and
--   the one before have at least "asks" of the rule over-asking, and the rate
--   fell by at least its "fall_ppm": a reason to ask less
-- source: VOCABULARY.md "Contributions" (boundaries, periodic review)
-- requirements: A-22
-- column: period text key - which
-- column: asks int64 sum - questions asked
-- column: asked int64 none - distinct parties
-- column: most int64 none - asks of one party
-- column: answered int64 sum - of the asks
-- column: rate ratio ratio - answered / asks
-- column: over_asking int64 none - 1: answers get fewer
-- drill: asks,rate_den SELECT id AS record, party FROM event WHERE
--   word_member('event', kind, 'capped') = 'true' AND
--   coalesce(word_member('event', kind, 'transactional'), '') <> 'true' AND
--   day >= (SELECT first_day FROM calendar WHERE period = :period) AND day
--   < (SELECT next_day FROM calendar WHERE period = :period) AND day >=
--   :from AND day < :to;
-- drill: asked SELECT DISTINCT party FROM event WHERE word_member('event',
--   kind, 'capped') = 'true' AND coalesce(word_member('event', kind,
--   'transactional'), '') <> 'true' AND day >= (SELECT first_day FROM
--   calendar WHERE period = :period) AND day < (SELECT next_day FROM
--   calendar WHERE period = :period) AND day >= :from AND day < :to;
-- drill: answered,rate_num SELECT event.id AS record, event.party FROM
--   event JOIN (SELECT party, object, max(instant) AS instant FROM event
--   WHERE is_a('event', kind, 'answer') AND day < :to GROUP BY party,
--   object) AS answer ON answer.party = event.party AND answer.object IS
--   event.object WHERE answer.instant >= event.instant AND
--   word_member('event', event.kind, 'capped') = 'true' AND
--   coalesce(word_member('event', event.kind, 'transactional'), '') <>
--   'true' AND event.day >= (SELECT first_day FROM calendar WHERE period =
--   :period) AND event.day < (SELECT next_day FROM calendar WHERE period =
--   :period);
-- drill: most SELECT id AS record, party FROM event WHERE
--   word_member('event', kind, 'capped') = 'true' AND
--   coalesce(word_member('event', kind, 'transactional'), '') <> 'true' AND
--   day >= (SELECT first_day FROM calendar WHERE period = :period) AND day
--   < (SELECT next_day FROM calendar WHERE period = :period) AND day >=
--   :from AND day < :to AND party = (SELECT party FROM event WHERE
--   word_member('event', kind, 'capped') = 'true' AND
--   coalesce(word_member('event', kind, 'transactional'), '') <> 'true' AND
--   day >= (SELECT first_day FROM calendar WHERE period = :period) AND day
--   < (SELECT next_day FROM calendar WHERE period = :period) AND day >=
--   :from AND day < :to GROUP BY party ORDER BY count(*) DESC, party LIMIT
--   1);
WITH kinds AS MATERIALIZED (
    SELECT code FROM word('event')
    WHERE word_member('event', code, 'capped') = 'true'
        AND coalesce(word_member('event', code, 'transactional'), '')
            <> 'true'
),
asks AS MATERIALIZED (
    SELECT calendar.period, event.party, event.object, event.instant
    FROM event JOIN calendar
        ON event.day >= calendar.first_day AND event.day < calendar.next_day
    WHERE event.kind IN (SELECT code FROM kinds)
),
answers AS MATERIALIZED (
    SELECT party, object, max(instant) AS instant FROM event
    WHERE is_a('event', kind, 'answer') AND day < :to
    GROUP BY party, object
),
parties AS MATERIALIZED (
    SELECT asks.period, asks.party, count(*) AS asks,
        sum(coalesce(answers.instant >= asks.instant, 0)) AS answered
    FROM asks LEFT JOIN answers
        ON answers.party = asks.party AND answers.object IS asks.object
    GROUP BY asks.period, asks.party
),
sums AS MATERIALIZED (
    SELECT calendar.period, calendar.first_day,
        coalesce(sum(parties.asks), 0) AS asks,
        count(parties.party) AS asked,
        coalesce(max(parties.asks), 0) AS most,
        coalesce(sum(parties.answered), 0) AS answered
    FROM calendar LEFT JOIN parties ON parties.period = calendar.period
    GROUP BY calendar.period
),
line AS MATERIALIZED (
    SELECT period, first_day, asks, asked, most, answered,
        lag(asks) OVER (ORDER BY first_day) AS asks_before,
        lag(answered) OVER (ORDER BY first_day) AS answered_before
    FROM sums
)
SELECT period, asks, asked, most, answered, answered AS rate_num,
    asks AS rate_den,
    coalesce(asks >= word_member('rule', 'over-asking', 'asks')
        AND asks_before >= word_member('rule', 'over-asking', 'asks')
        AND share(answered_before, 1000000, asks_before)
            - share(answered, 1000000, asks)
            >= word_member('rule', 'over-asking', 'fall_ppm'), 0)
        AS over_asking
FROM line
