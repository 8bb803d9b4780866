/**
 * @file taxonomy.h
 * @brief The vocabulary: roles and every other word, as a tree to walk.
 *
 * A word has a kind (#CUSTCAP_WORD_ROLE ...), a code that is unique within
 * its kind ("consumer.user"), and a number that never changes and is the same
 * in every ledger for words that are built in (below 65536).  What it means -
 * parent, labels, data - is taken at one position of a ledger and one day, so
 * a taxonomy is immutable.
 *
 * Text that comes out is UTF-8, ended by a NUL, and borrowed from the
 * taxonomy; it is never NULL.  An unknown word gives "" or 0.
 *
 * Threads: shared-read: any number may use one taxonomy; freeing is
 * exclusive.
 *
 * @code
 * #include <custcap/taxonomy.h>
 * #include <stdio.h>
 *
 * int main(void)
 * {
 *     custcap_taxonomy *taxonomy = NULL;
 *     if (custcap_taxonomy_new(&taxonomy, NULL) != CUSTCAP_OK) {
 *         return 1;
 *     }
 *     puts(custcap_taxonomy_label(taxonomy, CUSTCAP_ROLE_FAN, "zh", NULL));
 *     custcap_taxonomy_free(taxonomy);
 *     return 0;
 * }
 * // Output: 粉丝
 * @endcode
 */
#ifndef CUSTCAP_TAXONOMY_H
#define CUSTCAP_TAXONOMY_H

#include <custcap/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup taxonomy Taxonomy
 *  @{ */

/** The words of a ledger at a moment; or those that are built in. */
typedef struct custcap_taxonomy custcap_taxonomy;

/** @name Kinds of word
 *  @{ */
#define CUSTCAP_WORD_FORM 1      /**< Legal form. */
#define CUSTCAP_WORD_SOURCE 2    /**< Where a host key comes from. */
#define CUSTCAP_WORD_ROLE 3      /**< What a party gives and gets. */
#define CUSTCAP_WORD_STAGE 4     /**< How far along a role is. */
#define CUSTCAP_WORD_RELATION 5  /**< How two parties are tied. */
#define CUSTCAP_WORD_BOOK 6      /**< What may be added up. */
#define CUSTCAP_WORD_CODE 7      /**< Posting code, in a book. */
#define CUSTCAP_WORD_UNIT 8      /**< Currency, points, minutes. */
#define CUSTCAP_WORD_LINE 9      /**< Product line. */
#define CUSTCAP_WORD_CHANNEL 10  /**< How a customer came. */
#define CUSTCAP_WORD_EVENT 11    /**< Kind of event. */
#define CUSTCAP_WORD_OBJECT 12   /**< What an event is about. */
#define CUSTCAP_WORD_THEME 13    /**< The word of an event. */
#define CUSTCAP_WORD_ITEM 14     /**< Kind of item. */
#define CUSTCAP_WORD_FLOW 15     /**< What states follow each other. */
#define CUSTCAP_WORD_STATE 16    /**< State of an item. */
#define CUSTCAP_WORD_PURPOSE 17  /**< What consent is for. */
#define CUSTCAP_WORD_METHOD 18   /**< How consent was given. */
#define CUSTCAP_WORD_RATE 19     /**< Exchange rate. */
#define CUSTCAP_WORD_RULE 20     /**< Rule with its parameters. */
#define CUSTCAP_WORD_MEASURE 21  /**< A measure of the host's own. */
#define CUSTCAP_WORD_GUARD 22    /**< A guard of the host's own. */
#define CUSTCAP_WORD_AXIS 23     /**< Axis on which parties are placed. */
#define CUSTCAP_WORD_CALENDAR 24 /**< Fiscal calendar. */
/** @} */

/** @name The six root roles
 *  @{ */
#define CUSTCAP_ROLE_CONSUMER 201 /**< Gives money or use. */
#define CUSTCAP_ROLE_MEMBER 202   /**< Gives commitment. */
#define CUSTCAP_ROLE_FAN 203      /**< Gives voice. */
#define CUSTCAP_ROLE_CHANNEL 204  /**< Gives reach or capability. */
#define CUSTCAP_ROLE_INVESTOR 205 /**< Gives capital or licence. */
#define CUSTCAP_ROLE_INTERNAL 206 /**< Gives work. */
/** @} */

/**
 * @brief A taxonomy of the built-in words alone.
 * @param[out] taxonomy owned by the caller: custcap_taxonomy_free();
 *   NULL on failure
 * @param error words of a failure, may be NULL
 * @retval CUSTCAP_INVALID @p taxonomy is NULL
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_taxonomy_new(custcap_taxonomy **taxonomy,
                                                custcap_error *error);

/**
 * @brief Free a taxonomy and every text borrowed from it; NULL is nothing.
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API void custcap_taxonomy_free(custcap_taxonomy *taxonomy);

/**
 * @brief How many words there are.
 * @param kind CUSTCAP_WORD_*, or 0 for all kinds
 * @return the count; 0 for an unknown kind
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_taxonomy_count(const custcap_taxonomy *taxonomy,
                                           int32_t kind);

/**
 * @brief A word by its place: within a kind ascending by number, kinds
 * ascending.
 * @param kind CUSTCAP_WORD_*, or 0 for all kinds
 * @param index from 0
 * @return the word's number, or 0 past the end
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_taxonomy_at(const custcap_taxonomy *taxonomy,
                                        int32_t kind, int64_t index);

/**
 * @brief A word by its code.
 * @param kind CUSTCAP_WORD_*
 * @param code,length UTF-8; a length of -1 means up to the NUL
 * @return the word's number, or 0 when there is none
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_taxonomy_find(const custcap_taxonomy *taxonomy,
                                          int32_t kind, const char *code,
                                          int64_t length);

/**
 * @brief The kind of a word.
 * @param word its number
 * @return CUSTCAP_WORD_*; 0 when there is no such word
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int32_t custcap_taxonomy_kind(const custcap_taxonomy *taxonomy,
                                          int64_t word);

/**
 * @brief The word above: of the same kind, except that a posting code may
 * stand directly under a book.
 * @param word its number
 * @return a number, or 0 for a root
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_taxonomy_parent(const custcap_taxonomy *taxonomy,
                                            int64_t word);

/**
 * @brief How many words have this one as their parent.
 * @param word its number
 * @return the count; 0 when there is no such word
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int64_t
custcap_taxonomy_child_count(const custcap_taxonomy *taxonomy, int64_t word);

/**
 * @brief One of the words directly below, ascending by number.
 * @param word the one above
 * @param index from 0
 * @return a number, or 0 past the end
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_taxonomy_child(const custcap_taxonomy *taxonomy,
                                           int64_t word, int64_t index);

/**
 * @brief Is a word another one, or anywhere below it?
 * @param word,ancestor their numbers
 * @return 1 or 0
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int32_t custcap_taxonomy_is_a(const custcap_taxonomy *taxonomy,
                                          int64_t word, int64_t ancestor);

/**
 * @brief The code of a word, such as "consumer.user".
 * @param word its number
 * @param[out] length bytes, may be NULL
 * @return borrowed, "" for an unknown word
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API const char *
custcap_taxonomy_code(const custcap_taxonomy *taxonomy, int64_t word,
                      int64_t *length);

/**
 * @brief How a word is called, such as "Fan" or "粉丝".
 * @param word its number
 * @param language "en" or "zh" (longer tags such as "zh-CN" count by what
 *   they begin with); NULL or any other language is English.  Where a word
 *   has no Chinese label its English one is given.
 * @param[out] length bytes, may be NULL
 * @return borrowed, "" for an unknown word
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API const char *
custcap_taxonomy_label(const custcap_taxonomy *taxonomy, int64_t word,
                       const char *language, int64_t *length);

/**
 * @brief What else is said about a word: a JSON object, or "".
 *
 * A role has layer, flow, circle, side, gives, gets, speak and grows (a list
 * of {to, when}); a unit scale; a flow start and moves; a rule its
 * parameters.
 * @param word its number
 * @param[out] length bytes, may be NULL
 * @return borrowed, "" when there is nothing
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API const char *
custcap_taxonomy_data(const custcap_taxonomy *taxonomy, int64_t word,
                      int64_t *length);

/**
 * @brief One member of a word's data, or of the nearest word above that has
 * it: a role of the host's own stands where its parent does until it says
 * otherwise.
 * @param word its number
 * @param name of the member, such as "layer"
 * @param[out] length bytes, may be NULL
 * @return borrowed, as written in JSON but without the quotes of a text and
 *   NOT ended by a NUL (use @p length); "" when there is none
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API const char *
custcap_taxonomy_member(const custcap_taxonomy *taxonomy, int64_t word,
                        const char *name, int64_t *length);

/**
 * @brief Decimal digits of a unit (yen 0, dinar 3).
 * @param word its number
 * @return 0 to 18, or -1 when the word is no unit
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int32_t custcap_taxonomy_scale(const custcap_taxonomy *taxonomy,
                                           int64_t word);

/**
 * @brief May an item of a flow move from one state to another?
 * @param flow a word of kind CUSTCAP_WORD_FLOW
 * @param from a state (for the flow "lifecycle": a stage), or 0: may it
 *   start in @p to?
 * @param to the state it would have then
 * @return 1 or 0; 1 for a flow that says nothing about moves
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int32_t custcap_taxonomy_allows(const custcap_taxonomy *taxonomy,
                                            int64_t flow, int64_t from,
                                            int64_t to);

/**
 * @brief The name of a kind of word, such as "role".
 * @param kind CUSTCAP_WORD_*
 * @return a static text; "" for another number
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API const char *custcap_word_kind_name(int32_t kind);

/**
 * @brief The kind of word of a name, such as "role".
 * @param name,length UTF-8; a length of -1 means up to the NUL
 * @return CUSTCAP_WORD_*; 0 when there is none
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API int32_t custcap_word_kind_find(const char *name, int64_t length);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
