/*
 * document.c - a report before it is printed.
 *
 * Threads:    the main thread only.
 */
#include "document.h"
#include "cli.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

section *
document_section(document *made, const char *id, const char *title)
{
    if (made->count == made->capacity) {
        made->capacity = made->capacity > 0 ? made->capacity * 2 : 16;
        made->sections = memory_resize(
            made->sections, (size_t)made->capacity, sizeof *made->sections);
    }
    section *part = &made->sections[made->count++];
    memset(part, 0, sizeof *part);
    snprintf(part->id, sizeof part->id, "%s", id);
    part->title = memory_text(title, strlen(title));
    part->words = memory_text("", 0);
    part->drawn.dashed_from = -1;
    return part;
}

void
words_add(char **words, const char *format, ...)
{
    char room[1024];
    va_list values;
    va_start(values, format);
    const int wanted = vsnprintf(room, sizeof room, format, values);
    va_end(values);
    assert(wanted >= 0 && wanted < (int)sizeof room);
    const size_t before = *words != NULL ? strlen(*words) : 0;
    const size_t more = strlen(room);
    *words = memory_resize(*words, before + more + 2, 1);
    size_t at = before;
    /* Chinese takes no blank between its sentences. */
    if (before > 0 && (unsigned char)(*words)[before - 1] < 0x80) {
        (*words)[at++] = ' ';
    }
    memcpy(*words + at, room, more + 1);
    (void)wanted;
}

void
section_chart(section *part, chart_kind kind, int label, int first, int count,
              const char *about)
{
    part->drawn.kind = kind;
    part->drawn.label = label;
    part->drawn.first = first;
    part->drawn.count = count;
    part->drawn.divisor = 1;
    part->drawn.about = memory_text(about, strlen(about));
}

void
document_free(document *made)
{
    for (int64_t i = 0; i < made->count; i++) {
        section *part = &made->sections[i];
        free(part->title);
        free(part->words);
        free(part->drawn.about);
        sheet_free(&part->rows);
    }
    free(made->sections);
    free(made->name);
    free(made->heading);
    free(made->verdict);
    free(made->about);
    memset(made, 0, sizeof *made);
}
