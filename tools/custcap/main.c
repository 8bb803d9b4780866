/*
 * main.c - custcap(1): which command, and help.
 *
 * Threads:    one; `import` starts a second to read.
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

static void
print_usage(const command *one)
{
    output_print("usage: custcap %s %s\n", one->name, one->usage);
}

static int
print_help(const char *name)
{
    const command *one = name != NULL ? command_find(name) : NULL;
    if (name != NULL && one == NULL) {
        say("there is no command %.100s; `custcap help` lists them", name);
        return EXIT_USAGE;
    }
    if (one != NULL) {
        print_usage(one);
        output_print("\n%s.\n", one->summary);
        return EXIT_OK;
    }
    output_print("custcap %s - customer capital, kept and answered for "
                 "exactly\n\n", custcap_version());
    for (one = command_list(); one->name != NULL; one++) {
        output_print("  %-9s %s\n", one->name, one->summary);
    }
    output_print("\n`custcap help COMMAND` says how a command is used; "
                 "custcap(1) says it all.\n"
                 "Exit: 0 ok, 1 failure, 2 usage, 3 corrupt, 4 busy, "
                 "5 conflict, 6 refused.\n");
    return EXIT_OK;
}

static int
run_command(const command *one, int count, char **texts)
{
    arguments given;
    int code = arguments_read(one, count, texts, &given);
    if (code == EXIT_OK && given.value[OPTION_HELP] != NULL) {
        code = print_help(one->name);
    } else if (code == EXIT_OK) {
        code = one->run(&given);
    }
    arguments_free(&given);
    return code;
}

static int
is_one_of(const char *text, const char *a, const char *b, const char *c)
{
    return strcmp(text, a) == 0 || strcmp(text, b) == 0 ||
           strcmp(text, c) == 0;
}

int
main(int argc, char **argv)
{
    output_reserve();
    cancel_prepare();
    if (argc < 2) {
        say("which command?  `custcap help` lists them");
        return EXIT_USAGE;
    }
    int code = EXIT_USAGE;
    const char *name = argv[1];
    const command *one = command_find(name);
    if (one != NULL) {
        code = run_command(one, argc - 2, argv + 2);
    } else if (is_one_of(name, "help", "--help", "-h")) {
        code = print_help(argc > 2 ? argv[2] : NULL);
    } else if (is_one_of(name, "version", "--version", "-V")) {
        output_print("custcap %s\n", custcap_version());
        code = EXIT_OK;
    } else {
        say("there is no command %.100s; `custcap help` lists them", name);
    }
    progress_clear();
    return output_finish(code);
}
