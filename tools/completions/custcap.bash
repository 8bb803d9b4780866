# bash completion for custcap(1).
#
# What there is to complete is asked of the command itself (custcap help
# COMMAND prints its usage), so a new command or option needs no change here.

# The usage of a command as words: options, and names of what stands where.
_custcap_usage() { # PROGRAM COMMAND
    local usage
    usage=$("$1" help "$2" 2>/dev/null | sed '/^$/,$d; 1s/^usage: [a-z]* //')
    if [[ $usage == *'[options of '* ]]; then
        local other=${usage##*'[options of '}
        usage="${usage%'[options of '*} $(_custcap_usage "$1" "${other%%]*}" |
            grep '^--')"
    fi
    tr -s '[] \n' '\n' <<<"$usage" | grep .
}

# Candidates for what stands at a place: LEDGER, RECORD, NAME ...
_custcap_named() { # PROGRAM WHAT CURRENT
    case $2 in
    RECORD)
        "$1" list - '' 2>&1 | sed -n 's/.*there are //p' | tr -d ,
        ;;
    NAME | \[NAME) "$1" measures 2>/dev/null | awk '{print $1}' ;;
    LEDGER | COPY | FILE*) compgen -f -- "$3" ;;
    esac
}

_custcap_values() { # USAGE OPTION
    local value
    value=$(grep -m1 "^$2=" <<<"$1")
    value=${value#*=}
    case $value in
    month) echo day week month quarter year whole ;;
    FILE) compgen -f -- "${cur#*=}" ;;
    *\|*) tr '|' ' ' <<<"$value" ;;
    esac
}

_custcap() {
    local program=$1 cur usage candidates
    # Words as typed: bash itself takes them apart at '='.
    local line=${COMP_LINE:0:COMP_POINT}
    local -a words
    read -ra words <<<"$line"
    cur=
    if [[ $line != *[[:space:]] ]]; then
        cur=${words[-1]}
        unset 'words[-1]'
    fi
    COMPREPLY=()
    if ((${#words[@]} < 2)); then
        candidates="help $("$program" help 2>/dev/null |
            sed -n 's/^  \([a-z]*\)  .*/\1/p')"
        mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$cur")
        return
    fi
    if [[ ${words[1]} == help ]]; then
        candidates=$("$program" help 2>/dev/null |
            sed -n 's/^  \([a-z]*\)  .*/\1/p')
        mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$cur")
        return
    fi
    usage=$(_custcap_usage "$program" "${words[1]}")
    case $cur in
    --*=*)
        candidates=$(_custcap_values "$usage" "${cur%%=*}")
        mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "${cur#*=}")
        if [[ $COMP_WORDBREAKS != *=* ]]; then
            COMPREPLY=("${COMPREPLY[@]/#/${cur%%=*}=}")
        fi
        ;;
    -*)
        candidates=$(grep '^--' <<<"$usage" | sed 's/=.*/=/')
        mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$cur")
        if [[ ${COMPREPLY[0]-} == *= ]]; then
            compopt -o nospace 2>/dev/null
        fi
        ;;
    *)
        # Which place is it?  Options, and what some of them take, don't count.
        local place=0 skip=0 word
        for word in "${words[@]:2}"; do
            if ((skip)); then
                skip=0
            elif [[ $word == --* ]]; then
                [[ $word != *=* ]] && grep -qxe "$word" <<<"$usage" &&
                    grep -A1 -xe "$word" <<<"$usage" | grep -q '=value$' &&
                    skip=1
            else
                place=$((place + 1))
            fi
        done
        word=$(grep -v '^--' <<<"$usage" | sed -n "$((place + 2))p")
        candidates=$(_custcap_named "$program" "$word" "$cur")
        mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$cur")
        case $word in
        LEDGER | COPY | FILE*) compopt -o filenames 2>/dev/null ;;
        esac
        ;;
    esac
}

complete -F _custcap custcap
