/*
 * test_base_hash.c - digests, keys, checksum, cipher, map.
 *
 * Vectors: RFC 3720 B.4 (CRC32C), Python's hashlib.blake2b (RFC 7693),
 * libsodium's own SipHash, RFC 8439 2.4.2 (ChaCha20).
 */
#include "base/crc32c.h"
#include "base/hash.h"
#include "base/siphash.h"
#include <check.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const cc_memory plain = {NULL, NULL};

static cc_text
t(const char *words)
{
    return cc_text_of(words, -1);
}

START_TEST(crc32c_of_rfc_3720)
{
    uint8_t bytes[48];
    memset(bytes, 0, 32);
    ck_assert_uint_eq(cc_crc32c(0, bytes, 32), 0x8A9136AA);
    memset(bytes, 0xFF, 32);
    ck_assert_uint_eq(cc_crc32c(0, bytes, 32), 0x62A8AB43);
    for (int i = 0; i < 32; i++) {
        bytes[i] = (uint8_t)i;
    }
    ck_assert_uint_eq(cc_crc32c(0, bytes, 32), 0x46DD794E);
    for (int i = 0; i < 32; i++) {
        bytes[i] = (uint8_t)(31 - i);
    }
    ck_assert_uint_eq(cc_crc32c(0, bytes, 32), 0x113FDB5C);
    /* An iSCSI SCSI Read (10) command PDU. */
    static const uint8_t pdu[48] = {
        0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0,    0, 0,
        0x14, 0,    0, 0, 0, 0, 4, 0, 0, 0, 0, 0x14, 0, 0,    0, 0x18,
        0x28, 0,    0, 0, 0, 0, 0, 0, 2, 0, 0, 0,    0, 0,    0, 0,
    };
    ck_assert_uint_eq(cc_crc32c(0, pdu, 48), 0xD9963A56);
    ck_assert_uint_eq(cc_crc32c(0, "123456789", 9), 0xE3069283);
    ck_assert_uint_eq(cc_crc32c(0, NULL, 0), 0);
}
END_TEST

/* The definition, a bit at a time. */
static uint32_t
crc_by_bits(const uint8_t *at, int64_t size)
{
    uint32_t crc = UINT32_MAX;
    for (int64_t i = 0; i < size; i++) {
        crc ^= at[i];
        for (int k = 0; k < 8; k++) {
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82F63B78) : 0);
        }
    }
    return ~crc;
}

START_TEST(crc32c_of_any_length_and_in_pieces)
{
    enum { SIZE = 10000 };
    static uint8_t bytes[SIZE + 8];
    uint64_t state = 88172645463325252u;
    for (int i = 0; i < SIZE + 8; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(state >> 56);
    }
    /* Around the words of 8 and the runs of 3,072. */
    static const int64_t sizes[] = {
        0, 1, 7, 8, 9, 63, 64, 1023, 1024, 3071, 3072, 3073, 3079,
        3080, 6143, 6144, 6145, 9215, 9216, 9217, SIZE,
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (int offset = 0; offset < 8; offset++) {
            const uint8_t *at = bytes + offset;
            const uint32_t crc = crc_by_bits(at, sizes[i]);
            ck_assert_uint_eq(cc_crc32c(0, at, sizes[i]), crc);
            ck_assert_uint_eq(cc_crc32c_by_table(0, at, sizes[i]), crc);
        }
    }
    const uint32_t whole = crc_by_bits(bytes, SIZE);
    for (int64_t cut = 0; cut <= SIZE; cut += 331) {
        const uint32_t first = cc_crc32c(0, bytes, cut);
        ck_assert_uint_eq(cc_crc32c(first, bytes + cut, SIZE - cut), whole);
    }
}
END_TEST

START_TEST(digest_is_blake2b_of_both_runs)
{
    char hex[2 * CC_DIGEST_BYTES + 1];
    uint8_t digest[CC_DIGEST_BYTES];
    /* hashlib.blake2b(b"abc", digest_size=32) */
    const char *abc = "bddd813c634239723171ef3fee98579b"
                      "94964e3bb1cb3e427262c8c068d52319";
    const char *words = "abc";
    for (int64_t cut = 0; cut <= 3; cut++) {
        cc_digest(words, cut, words + cut, 3 - cut, digest);
        cc_hex(digest, CC_DIGEST_BYTES, hex);
        ck_assert_str_eq(hex, abc);
    }
    cc_digest(NULL, 0, NULL, 0, digest);
    cc_hex(digest, CC_DIGEST_BYTES, hex);
    /* hashlib.blake2b(b"", digest_size=32) */
    ck_assert_str_eq(hex, "0e5751c026e543b2e8ab2eb06099daa1"
                          "d1e5df47778f7787faab45cdf12fe3a8");
}
END_TEST

START_TEST(keyed_hash_depends_on_its_secret)
{
    uint8_t secret[CC_SECRET_BYTES];
    for (int i = 0; i < CC_SECRET_BYTES; i++) {
        secret[i] = (uint8_t)i;
    }
    uint8_t hash[CC_KEY_BYTES];
    char hex[2 * CC_KEY_BYTES + 1];
    cc_keyed_hash(secret, "abc", 3, hash);
    cc_hex(hash, CC_KEY_BYTES, hex);
    /* hashlib.blake2b(b"abc", key=bytes(range(32)), digest_size=16) */
    ck_assert_str_eq(hex, "1a64be47e4729d951c302ee543f97cf3");
    secret[31] ^= 1;
    uint8_t other[CC_KEY_BYTES];
    cc_keyed_hash(secret, "abc", 3, other);
    ck_assert_mem_ne(hash, other, CC_KEY_BYTES);
}
END_TEST

START_TEST(a_csv_cell_has_its_key)
{
    char room[CC_KEY_TEXT_BYTES];
    /* hashlib.blake2b(b"host\0order-1", digest_size=16) */
    const cc_key key = cc_key_of(t("host"), t("order-1"));
    ck_assert_str_eq(cc_key_format(key, room),
                     "0xd93e56fdb7f39e8f2ef8885506be815b");
    /* The NUL keeps the two apart. */
    const cc_key other = cc_key_of(t("hosto"), t("rder-1"));
    ck_assert(other.high != key.high || other.low != key.low);
}
END_TEST

START_TEST(keys_are_written_and_read)
{
    cc_key key = {1, 2};
    ck_assert(cc_key_parse(t("0x0123456789abcdefFEDCBA9876543210"), &key));
    ck_assert_uint_eq(key.high, UINT64_C(0x0123456789abcdef));
    ck_assert_uint_eq(key.low, UINT64_C(0xfedcba9876543210));
    char room[CC_KEY_TEXT_BYTES];
    ck_assert_str_eq(cc_key_format(key, room),
                     "0x0123456789abcdeffedcba9876543210");
    static const char *const bad[] = {
        "", "0x", "0123456789abcdeffedcba987654321000",
        "0x0123456789abcdeffedcba987654321",
        "0x0123456789abcdeffedcba98765432100",
        "0X0123456789abcdeffedcba9876543210",
        "0x0123456789abcdeffedcba987654321g",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(!cc_key_parse(t(bad[i]), &key), "%s", bad[i]);
    }
    ck_assert_uint_eq(key.high, UINT64_C(0x0123456789abcdef));
}
END_TEST

START_TEST(siphash_equals_libsodium)
{
    uint8_t key[16];
    uint8_t input[64];
    for (int i = 0; i < 64; i++) {
        key[i % 16] = (uint8_t)(i % 16);
        input[i] = (uint8_t)i;
    }
    uint8_t expected[16], hash[16];
    /* Every length against libsodium's, which hashes one run of bytes. */
    for (int64_t size = 8; size <= 64; size++) {
        crypto_shorthash_siphashx24(expected, input,
                                    (unsigned long long)size, key);
        cc_siphash128(key, UINT64_C(0x0706050403020100),
                      cc_text_of((const char *)input + 8, size - 8), hash);
        ck_assert_mem_eq(hash, expected, 16);
    }
    /* A look-up's number is the hash read big-endian. */
    uint8_t secret[CC_SECRET_BYTES] = {0};
    memcpy(secret, key, 16);
    char room[CC_KEY_TEXT_BYTES];
    char hex[33];
    cc_siphash128(key, 5, t("C-1001"), hash);
    cc_hex(hash, 16, hex);
    ck_assert_str_eq(
        cc_key_format(cc_lookup_hash(secret, 5, t("C-1001")), room) + 2,
        hex);
}
END_TEST

START_TEST(cipher_is_chacha20)
{
    /* RFC 8439 2.4.2 has nonce 00000000 0000004a 00000000 and counter 1:
     * position 0x4a00000000000000 here (its bytes little-endian), ordinal 0,
     * behind a first block of 64 bytes. */
    uint8_t key[CC_SECRET_BYTES];
    for (int i = 0; i < CC_SECRET_BYTES; i++) {
        key[i] = (uint8_t)i;
    }
    char bytes[64 + 114] = {0};
    memcpy(bytes + 64,
           "Ladies and Gentlemen of the class of '99: If I could offer you "
           "only one tip for the future, sunscreen would be it.",
           114);
    cc_cipher(key, INT64_C(0x4a00000000000000), 0, bytes, sizeof bytes);
    static const uint8_t expected[16] = {
        0x6e, 0x2e, 0x35, 0x9a, 0x25, 0x68, 0xf9, 0x80,
        0x41, 0xba, 0x07, 0x28, 0xdd, 0x0d, 0x69, 0x81,
    };
    ck_assert_mem_eq(bytes + 64, expected, 16);
    cc_cipher(key, INT64_C(0x4a00000000000000), 0, bytes, sizeof bytes);
    ck_assert_mem_eq(bytes + 64, "Ladies and", 10);
    /* Another ordinal is another stream. */
    cc_cipher(key, INT64_C(0x4a00000000000000), 1, bytes, sizeof bytes);
    ck_assert_mem_ne(bytes + 64, expected, 16);
    cc_cipher(key, 1, 1, NULL, 0);
}
END_TEST

/* Keys a host might choose: in a row, or all alike but for one bit. */
static cc_key
key_number(int kind, uint64_t i)
{
    const cc_key keys[3] = {
        {0, i + 1},
        {i << 32 | 7, 0},
        {(i + 1) * UINT64_C(0x9E3779B97F4A7C15), i ^ 0x55},
    };
    return keys[kind];
}

START_TEST(map_gives_back_what_was_put)
{
    enum { COUNT = 50000 };
    for (int kind = 0; kind < 3; kind++) {
        cc_map *map = NULL;
        ck_assert_int_eq(cc_map_new(&plain, kind * 1000, &map, NULL),
                         CUSTCAP_OK);
        for (uint64_t i = 0; i < COUNT; i++) {
            ck_assert_int_eq(
                cc_map_put(map, key_number(kind, i), (int64_t)i, NULL),
                CUSTCAP_OK);
        }
        ck_assert_int_eq(cc_map_count(map), COUNT);
        for (uint64_t i = 0; i < COUNT; i += 2) {
            ck_assert_int_eq(
                cc_map_put(map, key_number(kind, i), -(int64_t)i, NULL),
                CUSTCAP_OK);
        }
        ck_assert_int_eq(cc_map_count(map), COUNT);
        for (uint64_t i = 0; i < COUNT; i++) {
            int64_t value = 0;
            cc_map_prefetch(map, key_number(kind, i));
            ck_assert(cc_map_get(map, key_number(kind, i), &value));
            ck_assert_int_eq(value,
                             i % 2 == 0 ? -(int64_t)i : (int64_t)i);
            ck_assert(
                !cc_map_get(map, key_number(kind, i + COUNT), &value));
        }
        /* 24 bytes a slot, between 5/16 and 5/8 full after growing. */
        ck_assert_int_ge(cc_map_bytes(map), COUNT * 24 / 5 * 8);
        ck_assert_int_le(cc_map_bytes(map), COUNT * 24 / 5 * 16 + 4096);
        cc_map_free(map);
    }
}
END_TEST

START_TEST(map_holds_the_key_of_nothing)
{
    cc_map *map = NULL;
    ck_assert_int_eq(cc_map_new(&plain, 0, &map, NULL), CUSTCAP_OK);
    const cc_key none = {0, 0};
    int64_t value = 5;
    ck_assert(!cc_map_get(map, none, &value));
    ck_assert_int_eq(value, 5);
    ck_assert_int_eq(cc_map_put(map, none, 9, NULL), CUSTCAP_OK);
    ck_assert_int_eq(cc_map_put(map, none, 10, NULL), CUSTCAP_OK);
    ck_assert_int_eq(cc_map_count(map), 1);
    ck_assert(cc_map_get(map, none, &value));
    ck_assert_int_eq(value, 10);
    cc_map_free(map);
    cc_map_free(NULL);
}
END_TEST

static void *
failing(void *context, void *old, uint64_t size)
{
    int *left = context;
    if (size == 0) {
        free(old);
        return NULL;
    }
    return (*left)-- > 0 ? realloc(old, size) : NULL;
}

START_TEST(map_survives_want_of_memory)
{
    for (int n = 0; n < 2; n++) {
        int left = n;
        const cc_memory memory = {failing, &left};
        cc_map *map = NULL;
        ck_assert_int_eq(cc_map_new(&memory, 10, &map, NULL),
                         CUSTCAP_NOMEM);
        ck_assert_ptr_null(map);
    }
    cc_map *map = NULL;
    ck_assert_int_eq(cc_map_new(&plain, INT64_MAX, &map, NULL),
                     CUSTCAP_NOMEM);

    int left = 2;
    const cc_memory memory = {failing, &left};
    ck_assert_int_eq(cc_map_new(&memory, 10, &map, NULL), CUSTCAP_OK);
    uint64_t put = 0;
    while (cc_map_put(map, key_number(0, put), 1, NULL) == CUSTCAP_OK) {
        put++;
        ck_assert_uint_lt(put, 1000);
    }
    ck_assert_uint_ge(put, 10);
    ck_assert_int_eq(cc_map_count(map), (int64_t)put);
    int64_t value = 0;
    ck_assert(!cc_map_get(map, key_number(0, put), &value));
    ck_assert(cc_map_get(map, key_number(0, put - 1), &value));
    cc_map_free(map);
}
END_TEST

int
main(void)
{
    if (cc_hash_open(NULL) != CUSTCAP_OK) {
        return 1;
    }
    Suite *suite = suite_create("base hash");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, crc32c_of_rfc_3720);
    tcase_add_test(tests, crc32c_of_any_length_and_in_pieces);
    tcase_add_test(tests, digest_is_blake2b_of_both_runs);
    tcase_add_test(tests, keyed_hash_depends_on_its_secret);
    tcase_add_test(tests, a_csv_cell_has_its_key);
    tcase_add_test(tests, keys_are_written_and_read);
    tcase_add_test(tests, siphash_equals_libsodium);
    tcase_add_test(tests, cipher_is_chacha20);
    tcase_add_test(tests, map_gives_back_what_was_put);
    tcase_add_test(tests, map_holds_the_key_of_nothing);
    tcase_add_test(tests, map_survives_want_of_memory);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
