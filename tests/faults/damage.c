/*
 * damage.c - ask a damaged ledger everything, in a child that may die.
 *
 * Why here:   a hundred thousand damaged files need a process each (one may
 *             crash, hang or eat memory) and no start of a program each.
 * Method:     reads lines from standard input, makes the damage in a copy,
 *             forks; the child opens the copy, asks, and leaves a status and
 *             a hash an answer in shared memory; the parent compares them
 *             with those of the undamaged file and puts the copy right.
 *
 *   damage LEDGER COPY PARTY [OLD]
 *     LEDGER  the undamaged file (and LEDGER-wal, where there is one)
 *     COPY    where the copy is made; a file name in a directory of its own
 *     PARTY   the party whose statement is asked for
 *     OLD     an earlier state of LEDGER, for stale pages
 *
 * A line is NUMBER MODE OPERATION [A [B [C]]]; MODE is r (opened for reading),
 * q (the same, but only verify and two questions that change from state to
 * state) or w (for writing, closed, then asked once more).  Operations:
 *   n           nothing: the control
 *   x A M       flip the bits M of byte A       s A M  and restamp the page
 *   z A N       N zero bytes at A               t N    truncate to N bytes
 *   c A B N     copy N bytes from A to B        p A B N  swap N bytes
 *   o A N       N bytes of OLD at A
 *   X A M, T N  as x and t, in the log
 *   e           nothing, but the expected answers are altered
 *   l           learn: take the answers of OLD as one more that is right
 * The reply is NUMBER and a token a question: = as undamaged, + as OLD, !
 * something else, - not asked, or the number of a status; or "crash SIGNAL",
 * "hang" or "written" (a ledger opened for reading was written to).
 *
 * Threads:    one.
 */
#include <custcap/custcap.h>

#include <sodium.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PAGE = 16384,
    RESERVED = 8,
    QUESTIONS_MAX = 512,
    SHARES = 4,
    SECONDS_MAX = 30,
    NOT_ASKED = -1,
    ALL = -1
};

typedef struct answer {
    int32_t status; /* NOT_ASKED, or of the call */
    uint8_t hash[16];
} answer;

typedef struct bytes {
    uint8_t *at;
    int64_t size; /* -1: there is no such file */
} bytes;

static answer *asked; /* shared with the child */
static answer right[QUESTIONS_MAX], old_right[QUESTIONS_MAX];
static int question_count, old_known;
static bytes base, base_log, old;
static const char *copy_path, *old_path, *party_key;
static char log_path[4096], shm_path[4096], lock_path[4096];

static void
die(const char *what)
{
    fprintf(stderr, "damage: %s: %s\n", what, strerror(errno));
    exit(2);
}

/* --- files -------------------------------------------------------------- */

static bytes
file_read(const char *path)
{
    bytes read_in = {NULL, -1};
    struct stat about;
    const int file = open(path, O_RDONLY);
    if (file < 0) {
        return read_in;
    }
    if (fstat(file, &about) != 0) {
        die(path);
    }
    read_in.size = about.st_size;
    read_in.at = malloc((size_t)read_in.size + 1);
    if (read_in.at == NULL ||
        read(file, read_in.at, (size_t)read_in.size) != read_in.size) {
        die(path);
    }
    close(file);
    return read_in;
}

static void
put(const char *path, const uint8_t *at, int64_t size, int64_t offset)
{
    const int file = open(path, O_WRONLY);
    if (file < 0 || pwrite(file, at, (size_t)size, offset) != size) {
        die(path);
    }
    close(file);
}

static void
file_write(const char *path, const bytes *whole)
{
    if (whole->size < 0) {
        unlink(path);
        return;
    }
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 ||
        write(file, whole->at, (size_t)whole->size) != whole->size) {
        die(path);
    }
    close(file);
}

/* The copy as it is undamaged, and nothing beside it. */
static void
copy_restore(void)
{
    unlink(shm_path);
    unlink(lock_path);
    file_write(copy_path, &base);
    file_write(log_path, &base_log);
}

/* --- the page checksum, written from its description, not shared -------- */

static uint32_t
crc32c(uint32_t crc, const uint8_t *at, int64_t size)
{
    crc = ~crc;
    for (int64_t i = 0; i < size; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82F63B78) : 0);
        }
    }
    return ~crc;
}

/* Flip bits and make the page's checksum right again. */
static void
flip_and_stamp(int64_t offset, uint8_t mask)
{
    uint8_t page[PAGE];
    uint8_t number[8];
    const int64_t index = offset / PAGE;
    memcpy(page, base.at + index * PAGE, PAGE);
    page[offset % PAGE] ^= mask;
    for (int i = 0; i < 8; i++) {
        number[i] = (uint8_t)((uint64_t)index >> (8 * i));
    }
    const uint32_t crc =
        crc32c(crc32c(0, number, sizeof number), page, PAGE - RESERVED);
    for (int i = 0; i < 4; i++) {
        page[PAGE - RESERVED + i] = (uint8_t)(crc >> (8 * i));
        page[PAGE - 4 + i] = (uint8_t)~(crc >> (8 * i));
    }
    put(copy_path, page, PAGE, index * PAGE);
}

/* --- the child: asking -------------------------------------------------- */

static int32_t
hash_take(void *context, const char *text, int64_t length)
{
    return crypto_generichash_update(context, (const uint8_t *)text,
                                     (unsigned long long)length);
}

static void
table_hash(custcap_table *table, int32_t format, answer *into)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof into->hash);
    const custcap_status status =
        custcap_table_write(table, format, 0, hash_take, &state, NULL);
    crypto_generichash_final(&state, into->hash, sizeof into->hash);
    custcap_table_free(table);
    into->status = status;
}

static void
ask_measure(custcap_snapshot *snapshot, const char *name, answer *into)
{
    custcap_query *query = custcap_query_new();
    custcap_table *table = NULL;
    custcap_status status = CUSTCAP_OK;
    const char *parameters = custcap_measure_about(name, "parameters");
    if (parameters != NULL && strstr(parameters, "party party") != NULL) {
        status = custcap_query_set_text(query, "party", party_key, NULL);
    }
    if (status == CUSTCAP_OK) {
        status =
            custcap_snapshot_measure(snapshot, name, query, &table, NULL);
    }
    custcap_query_free(query);
    if (status == CUSTCAP_OK) {
        table_hash(table, CUSTCAP_FORMAT_JSON, into);
    } else {
        into->status = status;
    }
}

static void
ask_records(custcap_snapshot *snapshot, int32_t kind, answer *into)
{
    custcap_table *table = NULL;
    int64_t until = -1;
    const custcap_status status = custcap_snapshot_records(
        snapshot, kind, 0, &until, &table, NULL);
    if (status == CUSTCAP_OK) {
        table_hash(table, CUSTCAP_FORMAT_CSV, into);
    } else {
        into->status = status;
    }
}

/* A fit takes longer than all other questions together and reads no more of
 * the file than customer.summary does: one is asked where the number says so.
 */
static int
is_fitted(const char *name)
{
    return strncmp(name, "model.", 6) == 0 ||
           strcmp(name, "customer.forecast") == 0 ||
           strcmp(name, "customer.lifetime") == 0;
}

/* Everything there is to ask: 0 open, 1 head, 2 verify, 3 snapshot, then a
 * measure each, then the records of each kind.  ALL asks all of it; otherwise
 * the number picks a measure and a kind, and where `everything` is wanted a
 * quarter of the measures and all records: states that follow each other ask
 * the others. */
static void
ask_all(const char *path, int writes, int64_t number, int everything)
{
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.flags = writes ? 0 : CUSTCAP_LEDGER_READ_ONLY;
    options.threads = 1;
    custcap_ledger *ledger = NULL;
    custcap_snapshot *snapshot = NULL;
    custcap_head head = {.struct_size = sizeof head};

    asked[0].status = custcap_ledger_open(path, &options, &ledger, NULL);
    if (asked[0].status != CUSTCAP_OK) {
        return;
    }
    asked[1].status = custcap_ledger_head(ledger, &head, NULL);
    memcpy(asked[1].hash, head.chain, sizeof asked[1].hash);
    asked[2].status = custcap_ledger_verify(ledger, NULL, NULL, NULL);
    asked[3].status = custcap_snapshot_open(ledger, NULL, &snapshot, NULL);
    if (asked[3].status == CUSTCAP_OK) {
        const int measures = (int)custcap_measure_count();
        for (int i = 0; i < measures; i++) {
            const char *name = custcap_measure_name(i);
            if (number == ALL || i == number % measures ||
                (everything && i % SHARES == number % SHARES &&
                 !is_fitted(name))) {
                ask_measure(snapshot, name, &asked[4 + i]);
            }
        }
        for (int32_t k = CUSTCAP_DEFINITION; k <= CUSTCAP_MARK; k++) {
            if (everything || k == 1 + number % CUSTCAP_MARK) {
                ask_records(snapshot, k, &asked[4 + measures + k - 1]);
            }
        }
    }
    custcap_snapshot_free(snapshot);
    custcap_ledger_free(ledger);
}

/* --- the parent --------------------------------------------------------- */

/* What became of the child: 0, or words in `how`. */
static int
ask_in_child(const char *path, int writes, int64_t number, int everything,
             char how[64])
{
    for (int i = 0; i < question_count; i++) {
        memset(&asked[i], 0, sizeof asked[i]);
        asked[i].status = NOT_ASKED;
    }
    const pid_t child = fork();
    if (child < 0) {
        die("fork");
    }
    if (child == 0) {
        const struct rlimit memory = {(rlim_t)2 << 30, (rlim_t)2 << 30};
        const struct rlimit none = {0, 0};
        (void)setrlimit(RLIMIT_AS, &memory);
        (void)setrlimit(RLIMIT_CORE, &none);
        alarm(SECONDS_MAX);
        ask_all(path, writes, number, everything);
        _exit(0);
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child) {
        die("waitpid");
    }
    if (WIFSIGNALED(status)) {
        snprintf(how, 64, WTERMSIG(status) == SIGALRM ? "hang" : "crash %d",
                 WTERMSIG(status));
        return 1;
    }
    if (WEXITSTATUS(status) != 0) {
        snprintf(how, 64, "crash exit %d", WEXITSTATUS(status));
        return 1;
    }
    return 0;
}

static int
answer_is(const answer *a, const answer *b)
{
    return a->status == b->status &&
           memcmp(a->hash, b->hash, sizeof a->hash) == 0;
}

static void
tokens_print(void)
{
    for (int i = 0; i < question_count; i++) {
        const answer *now = &asked[i];
        if (answer_is(now, &right[i])) {
            printf(" =");
        } else if (old_known && answer_is(now, &old_right[i])) {
            printf(" +");
        } else if (now->status == NOT_ASKED) {
            printf(" -");
        } else if (now->status == CUSTCAP_OK) {
            printf(" !");
        } else {
            printf(" %d", now->status);
        }
    }
}

typedef struct line {
    int64_t number;
    char mode, operation;
    int64_t a, b, c;
} line;

static void
block_move(const line *now)
{
    if (now->a + now->c > base.size || now->b + now->c > base.size) {
        die("block outside of the file");
    }
    put(copy_path, base.at + now->a, now->c, now->b);
    if (now->operation == 'p') {
        put(copy_path, base.at + now->b, now->c, now->a);
    }
}

static void
damage_make(const line *now)
{
    static const uint8_t zero[1 << 20];
    uint8_t byte = 0;
    switch (now->operation) {
    case 'x':
        byte = base.at[now->a] ^ (uint8_t)now->b;
        put(copy_path, &byte, 1, now->a);
        break;
    case 's': flip_and_stamp(now->a, (uint8_t)now->b); break;
    case 'X':
        byte = base_log.at[now->a] ^ (uint8_t)now->b;
        put(log_path, &byte, 1, now->a);
        break;
    case 'z':
        if (now->b > (int64_t)sizeof zero) {
            die("too many zeros");
        }
        put(copy_path, zero, now->b, now->a);
        break;
    case 't':
    case 'T':
        if (truncate(now->operation == 't' ? copy_path : log_path,
                     now->a) != 0) {
            die("truncate");
        }
        break;
    case 'c':
    case 'p': block_move(now); break;
    case 'o':
        if (now->a + now->b <= old.size) {
            put(copy_path, old.at + now->a, now->b, now->a);
        }
        break;
    default: break; /* n, e, l */
    }
}

/* Was a copy that was opened for reading written to? */
static int
copy_touched(const struct stat *before)
{
    struct stat now;
    return stat(copy_path, &now) != 0 || now.st_size != before->st_size ||
           now.st_mtim.tv_sec != before->st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != before->st_mtim.tv_nsec;
}

/* Of whatever is asked of the snapshot; altered twice they are as before. */
static void
expectations_alter(int is_wanted)
{
    for (int i = 4; is_wanted && i < question_count; i++) {
        right[i].hash[0] ^= 1;
    }
}

static void
state_try(const line *now)
{
    char how[64];
    struct stat before;
    const int writes = now->mode == 'w';
    const int everything = now->mode != 'q';
    damage_make(now);
    if (stat(copy_path, &before) != 0) {
        die(copy_path);
    }
    printf("%" PRId64, now->number);
    expectations_alter(now->operation == 'e');
    if (ask_in_child(copy_path, writes, now->number, everything, how)) {
        printf(" %s", how);
    } else if (!writes && copy_touched(&before)) {
        printf(" written");
    } else {
        tokens_print();
        if (writes && ask_in_child(copy_path, 0, now->number, 1, how)) {
            printf(" %s", how);
        } else if (writes) {
            printf(" /");
            tokens_print();
        }
    }
    printf("\n");
    expectations_alter(now->operation == 'e');
    /* The quick way back where only one byte was touched. */
    if (!writes && now->operation == 'x') {
        put(copy_path, base.at + now->a, 1, now->a);
    } else {
        copy_restore();
    }
}

static void
learn(const char *path, answer *into)
{
    char how[64];
    if (ask_in_child(path, 0, ALL, 1, how)) {
        fprintf(stderr, "damage: %s, undamaged: %s\n", path, how);
        exit(2);
    }
    for (int i = 0; i < question_count; i++) {
        /* A measure may want a parameter that isn't known here. */
        if (asked[i].status != CUSTCAP_OK &&
            (i < 4 || asked[i].status != CUSTCAP_INVALID)) {
            fprintf(stderr, "damage: %s, undamaged: question %d gives %s\n",
                    path, i, custcap_status_name(asked[i].status));
            exit(2);
        }
        into[i] = asked[i];
    }
}

int
main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: damage LEDGER COPY PARTY [OLD]\n", stderr);
        return 2;
    }
    char name[4096];
    copy_path = argv[2];
    party_key = argv[3];
    old_path = argc > 4 ? argv[4] : NULL;
    snprintf(log_path, sizeof log_path, "%s-wal", copy_path);
    snprintf(shm_path, sizeof shm_path, "%s-shm", copy_path);
    snprintf(lock_path, sizeof lock_path, "%s-lock", copy_path);
    snprintf(name, sizeof name, "%s-wal", argv[1]);
    base = file_read(argv[1]);
    base_log = file_read(name);
    if (base.size <= 0 || sodium_init() < 0) {
        die(argv[1]);
    }
    old.size = -1;
    if (old_path != NULL) {
        old = file_read(old_path);
    }
    asked = mmap(NULL, QUESTIONS_MAX * sizeof *asked,
                 PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    question_count = 4 + (int)custcap_measure_count() + CUSTCAP_MARK;
    if (asked == MAP_FAILED || question_count > QUESTIONS_MAX) {
        die("room for answers");
    }
    copy_restore();
    learn(copy_path, right);
    printf("ready %d %" PRId64 " %" PRId64 "\n", question_count, base.size,
           base_log.size);
    fflush(stdout);

    char text[256];
    while (fgets(text, sizeof text, stdin) != NULL) {
        line now = {0};
        if (sscanf(text, "%" SCNd64 " %c %c %" SCNd64 " %" SCNd64
                   " %" SCNd64, &now.number, &now.mode, &now.operation,
                   &now.a, &now.b, &now.c) < 3) {
            die("a line that is none");
        }
        if (now.operation == 'l') {
            learn(old_path, old_right);
            old_known = 1;
            printf("%" PRId64 " learned\n", now.number);
        } else {
            state_try(&now);
        }
        fflush(stdout);
    }
    return 0;
}
