-- title: How to speak to each role
-- version: 1
-- formula: labels and data of the roles, what a role does not say taken from
--   the nearest role above it
-- source: VOCABULARY.md "Roles"
-- requirements: C-19 E-02
-- window: none
-- parameter: role text? of word:role - only this one
-- column: role text key - the role's code
-- column: en text none - form of address in English
-- column: zh text none - form of address in Chinese
-- column: layer text none - core, customer, partner or environment
-- column: flow text none - explicit or implicit
-- column: side text none - demand or supply
-- column: circle int64 none - where it stands before it has any events
-- column: gives text none - what it gives
-- column: gets text none - what it gets
-- column: speak text none - how to speak to it
SELECT code AS role, en, coalesce(zh, en) AS zh,
    word_member('role', code, 'layer') AS layer,
    word_member('role', code, 'flow') AS flow,
    word_member('role', code, 'side') AS side,
    0 + word_member('role', code, 'circle') AS circle,
    word_member('role', code, 'gives') AS gives,
    word_member('role', code, 'gets') AS gets,
    word_member('role', code, 'speak') AS speak
FROM word('role')
WHERE :role IS NULL OR code = :role
