# What the parser does after a mistake: it goes on, and it ends.

=== a broken element before a body that never closes
--- spec
source s csv '.' {
    table t (name text '' {
--- diag
spec:2:24: error: unexpected '', expected a column constraint
spec:2:27: error: unexpected "{"

=== a mark is named as it is written
--- spec
source s csv '.' } ;
--- diag
spec:1:18: error: unexpected "}"
