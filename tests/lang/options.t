# Engines, locations and options.

=== an unknown engine
--- spec
migration m;
source s excel 'x' { table t file 't.csv' (a text); }
source u cvs 'x' { table t file 't.csv' (a text); }
target app postgresql 'x' { table t (a text); }
--- diag
spec:2:10: error: a source is csv, sqlite or postgres, not excel
spec:3:10: error: a source is csv, sqlite or postgres, not cvs
hint: Did you mean "csv"?
spec:4:12: error: a target is sqlite or postgres, not postgresql
hint: Did you mean "postgres"?

=== a misspelt option
--- spec
migration m;
source s csv '.' { options (delimeter ';', nul 'x'); table t file 't.csv' (a text); }
--- diag
spec:2:29: error: csv has no option "delimeter"
hint: Did you mean "delimiter"?
spec:2:44: error: csv has no option "nul"
hint: Did you mean "null"?

=== an option that the engine has not
--- spec
migration m;
target app sqlite 'app.db' { options (schema 'x'); table t (a text); }
--- diag
spec:2:39: error: sqlite has no option "schema"

=== an option twice
--- spec
migration m;
source s csv '.' { options (trim on, header off, trim off); table t file 't.csv' (a text); }
--- diag
spec:2:50: error: the option "trim" is given twice
spec:2:29: note: it is given here first

=== values that an option does not take
--- spec
migration m;
source s csv '.' { options (trim yes, encoding 'UTF-8', delimiter 'ab', quote 5, skip 1.5, header maybe, comment '', extra ignored); table t file 't.csv' (a text); }
--- diag
spec:2:34: error: trim is on or off, not yes
spec:2:48: error: encoding is utf8, latin1 or utf16, not 'UTF-8'
hint: Did you mean "utf16"?
spec:2:67: error: delimiter is one character of ASCII in single quotes, not 'ab'
spec:2:79: error: quote is one character of ASCII in single quotes, not 5
spec:2:87: error: skip is a number of lines, not 1.5
spec:2:99: error: header is on or off, not maybe
spec:2:114: error: the text of comment is empty
spec:2:124: error: extra is refuse or ignore, not ignored
hint: Did you mean "ignore"?

=== a misspelt value
--- spec
migration m;
source s csv '.' { options (encoding uft8); table t file 't.csv' (a text); }
--- diag
spec:2:38: error: encoding is utf8, latin1 or utf16, not uft8
hint: Did you mean "utf8"?

=== two values
--- spec
migration m;
source s csv '.' { options (delimiter ',', ';'); table t file 't.csv' (a text); }
--- diag
spec:2:44: error: delimiter has one value

=== the delimiter is the quote
--- spec
migration m;
source s csv '.' { options (delimiter '"'); table t file 't.csv' (a text); }
--- diag
spec:2:29: error: the delimiter and the quote are the same character

=== options of a table
--- spec
migration m;
source s csv '.' { options (trim on); table t file 't.csv' options (delimiter '', quote '') (a text); }
--- diag
spec:2:79: error: delimiter is one character of ASCII in single quotes, not ''

=== a password in the spec
--- spec
migration m;
target app postgres 'postgres://admin:secret@db/app' { table t (a text); }
--- diag
spec:2:21: error: a password does not belong into a spec
hint: Write env 'NAME' here, or leave the password to PGPASSWORD, .pgpass or a service file.

=== a password in another form
--- spec
migration m;
target app postgres env 'DB' default 'host=db user=admin password=secret' { table t (a text); }
--- diag
spec:2:38: error: a password does not belong into a spec
hint: Write env 'NAME' here, or leave the password to PGPASSWORD, .pgpass or a service file.

=== no password
--- spec
migration m;
target app postgres 'postgres://admin@db/app' { options (schema 'x'); table t (a text); }
--- diag

=== an empty location
--- spec
migration m;
target app sqlite '' { table t (a text); }
--- diag
spec:2:19: error: the location of "app" is empty

=== a variable that cannot be one
--- spec
migration m;
target app sqlite env 'MY-DB' { table t (a text); }
--- diag
spec:2:23: error: 'MY-DB' cannot be the name of an environment variable

=== a delimiter that is the escape
--- spec
migration m;
source s csv '.' { options (escape ';'); table t file 't.csv' options (delimiter ';') (a text); }
--- diag
spec:2:29: error: the delimiter and the escape are the same character
