# fish completion for custcap(1): asks the command itself, so it can't go
# stale.

# The usage of a command as words.
function __custcap_usage
    set -l usage (custcap help $argv[1] 2>/dev/null | sed '/^$/,$d; 1s/^usage: [a-z]* //' | string join ' ')
    set -l other (string match -r '\[options of ([a-z]*)' -- $usage)[2]
    string replace -r '\[options of [a-z]*\]' '' -- $usage | string split -n ' ' | string trim -c '[]' | string match -v ''
    if test -n "$other"
        __custcap_usage $other | string match -- '--*'
    end
end

function __custcap_commands
    custcap help 2>/dev/null | sed -n 's/^  \([a-z]*\)  *\(.*\)/\1\t\2/p'
end

function __custcap_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    if test (count $words) -lt 2; or test "$words[2]" = help
        __custcap_commands
        test (count $words) -lt 2; and printf 'help\tHow a command is used\n'
        return
    end
    set -l usage (__custcap_usage $words[2])
    if string match -q -- '--*=*' $current
        set -l option (string split -m1 = -- $current)[1]
        set -l value (string match -- "$option=*" $usage | string split -m1 =)[2]
        switch "$value"
            case month
                printf "$option=%s\n" day week month quarter year whole
            case FILE
                __fish_complete_path (string replace -r '.*?=' '' -- $current) | string replace -r '^' "$option="
            case '*|*'
                printf "$option=%s\n" (string split '|' -- $value)
        end
        return
    end
    if string match -q -- '-*' $current
        string match -- '--*' $usage | string replace -r '=.*' '='
        return
    end
    # The command's own name is the first of them.
    set -l place (math 1 + (count (string match -v -- '--*' $words[2..-1])))
    set -l places (string match -v -- '--*' $usage)
    switch "$places[$place]"
        case RECORD
            custcap list - '' 2>&1 | sed -n 's/.*there are //p' | string split ', ' | string trim
        case NAME
            custcap measures 2>/dev/null | string replace -r ' .*' ''
        case LEDGER COPY 'FILE*'
            __fish_complete_path $current
    end
end

complete -c custcap -f -a '(__custcap_complete)'
