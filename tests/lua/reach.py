#!/usr/bin/env python3
"""reach - every function of the headers can be called from Lua.

Those that can't are listed here with the reason; any other is named as
skipped, so that a noun to come is not forgotten.
"""
import glob
import json
import re

# What makes no sense for a script.
NOT_FOR_LUA = {
    "arrow": "structs of C pointers: a script has no use for them",
    "custcap_error_status": "the code is returned",
    "custcap_table_doubles": "get() and rows() give them",
    "custcap_model_data_init": "data is a table",
    "custcap_table_values": "get() and rows() give values",
    "custcap_table_denominators": "ratio() gives them",
    "custcap_taxonomy_at": "words() gives them all",
    "custcap_taxonomy_child": "children() gives them all",
}

with open("bindings/api.json", encoding="utf-8") as file:
    functions = [f["name"] for f in json.load(file)["functions"]]
source = "".join(open(path, encoding="utf-8").read()
                 for path in glob.glob("bindings/lua/*.c"))
called = set(re.findall(r"\bcustcap_[a-z0-9_]+", source))
missing = [name for name in functions if name not in called
           and not any(word in name for word in NOT_FOR_LUA)]
if missing:
    print("skip lua/reach - not from Lua yet:", " ".join(missing))
else:
    print("ok lua/reach")
