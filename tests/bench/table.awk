# table.awk - the figures of a benchmark as one table.
#
# Reads lines "name value unit"; -v entries=N and -v cache=cold|warm say what
# was measured.  The ratio in brackets is of the time computed by all threads:
# where other work takes the processors it says more than the clock does.
# Exit 1 where a target is missed.

{ figure[$1] = $2 }

function best(name,    a, b) {
    a = "duckdb_arrival_" name
    b = "duckdb_sorted_" name
    if (!(a in figure)) {
        return 0
    }
    return figure[a] < figure[b] ? figure[a] : figure[b]
}

function verdict(met) {
    missed += !met
    return met ? "met" : "MISSED"
}

function computed(name,    ours, theirs) {
    ours = figure["ours_cpu_" name]
    theirs = best("cpu_" name)
    return ours > 0 && theirs > 0 ? sprintf("(%.1fx)", theirs / ours) : ""
}

function versus(title, name, target,    ours, theirs, ratio) {
    ours = figure["ours_" name]
    theirs = best(name)
    if (theirs == 0 || ours == 0) {
        printf "%-36s %10.2f %10s %8s %9s %8s\n", title, ours, "-", "-",
            "", "-"
        return
    }
    ratio = theirs / ours
    printf "%-36s %10.2f %10.1f %7.1fx %9s", title, ours, theirs, ratio,
        computed(name)
    if (target > 0) {
        printf " %7dx  %s\n", target, verdict(ratio >= target)
    } else {
        printf " %8s\n", "-"
    }
}

function limit(title, value, relation, target, unit,    met) {
    met = relation == "<=" ? value <= target : value >= target
    printf "%-36s %10s %-16s %10s %s %s  %s\n", title,
        sprintf(value >= 1000 ? "%.0f" : "%.2f", value), unit, "", relation,
        target, verdict(met)
}

function plain(title, value, unit) {
    printf "%-36s %10s %s\n", title,
        sprintf(value >= 1000 ? "%.0f" : "%.2f", value), unit
}

END {
    printf "\n%-36s %10s %10s %8s %9s %8s\n", entries " entries",
        "ours ms", "DuckDB ms", "ratio", "computed", "target"
    versus("Q1  movements by month", "Q1", 40)
    versus("Q1b retention by month", "Q1b", 40)
    versus("Q2  cohorts by month", "Q2", 40)
    versus("Q3  recency, frequency, monetary", "Q3", 40)
    versus("Q3b summary of every customer", "Q3b", 40)
    versus("Q4  three Rs of a year", "Q4", 40)
    versus("Q5  statement of one customer", "Q5", 0)
    versus("Q1  from opening, page cache " cache, "cold_Q1", 20)
    versus("Q6  append a hundredth, then Q1", "Q6", 15)
    versus("load from CSV", "load", 1)
    print ""
    limit("post, share of bare write + sync",
        100 * figure["bare_p50"] / figure["post_p50"], ">=", 80, "%")
    limit("batches of 10,000, durable", figure["batch_rate"], ">=", 1000000,
        "entries/s")
    limit("load out of Arrow, share of numbers'",
        100 * figure["arrow_load_rate"] / figure["bulk_load_rate"], ">=",
        50, "%")
    if ("python_load_rate" in figure) {
        limit("load out of Arrow from Python",
            100 * figure["python_load_rate"] / figure["bulk_load_rate"],
            ">=", 50, "%")
    }
    limit("on disk, journal and columns", figure["size_an_entry"], "<=", 14,
        "bytes an entry")
    for (name in figure) {
        if (name ~ /^ours_memory_/ && figure[name] > memory) {
            memory = figure[name]
        }
    }
    limit("memory while measuring", memory / entries, "<=", 32,
        "bytes an entry")
    if ("duckdb_memory" in figure) {
        plain("memory of DuckDB, whole process",
            figure["duckdb_memory"] / entries, "bytes an entry")
    }
    plain("load by columns of numbers", figure["bulk_load_rate"],
        "entries/s")
    plain("load out of Arrow", figure["arrow_load_rate"], "entries/s")
    plain("Q6, the appending alone", figure["ours_Q6_append"], "ms")
    plain("Q1 cold, until the ledger is open", figure["ours_cold_open"],
        "ms")
    plain("post, customer met before",
        100 * figure["bare_p50"] / figure["post_again_p50"], "%")
    plain("post, 99 of 100", figure["post_p99"], "ms")
    printf "\n%d targets missed\n", missed
    exit missed > 0
}
