# What the parser does after a mistake: it goes on, and it ends.

=== a broken element before a body that never closes
--- spec
source s csv '.' {
    table t (name text '' {
--- diag
spec:2:24: error: unexpected '', expected a column constraint, ")" or ","
spec:3:1: error: unexpected end of file, expected "options", "query", "table" or "}"
spec:2:27: note: "{" is opened here and never closed

=== a mark is named as it is written
--- spec
source s csv '.' } ;
--- diag
spec:1:18: error: unexpected "}", expected ";" or "{"
