rockspec_format = "1.0"
package = "custcap"
version = "0.1.0-1"
source = {
    url = "git+https://example.invalid/libcustcap.git",
    tag = "v0.1.0",
}
description = {
    summary = "Customer capital, kept and answered for exactly",
    detailed = [[
        The Lua binding of libcustcap: ledgers, batches, snapshots, queries,
        tables and the taxonomy.  Needs the library, installed where the
        compiler and the loader find it.]],
    license = "MIT",
}
dependencies = {"lua >= 5.1, < 5.5"}
external_dependencies = {
    CUSTCAP = {header = "custcap/custcap.h", library = "custcap"},
}
build = {
    type = "builtin",
    modules = {
        custcap = {
            sources = {
                "bindings/lua/batch.c", "bindings/lua/callback.c",
                "bindings/lua/doubles.c", "bindings/lua/handle.c",
                "bindings/lua/ledger.c", "bindings/lua/model.c",
                "bindings/lua/model_ask.c", "bindings/lua/module.c",
                "bindings/lua/query.c",
                "bindings/lua/snapshot.c", "bindings/lua/table.c",
                "bindings/lua/taxonomy.c", "bindings/lua/value.c",
            },
            incdirs = {"bindings/lua", "$(CUSTCAP_INCDIR)"},
            libdirs = {"$(CUSTCAP_LIBDIR)"},
            libraries = {"custcap"},
        },
    },
}
