# The command lines of a migration program and of migc: each mistake gets exit code 1, what is wrong and what is meant.

=== commands and options of a program
--- spec
migration m;
source files csv '.' { table people file 'people.csv' (name text not null); }
target app sqlite 'app.db' { table person (name text not null); }
phase tables { create app.person; }
phase data after tables { from files.people into app.person; }
--- file people.csv
name
Ann
Bob
--- run
--- exit 1
--- err
plan, run, status, check
--- run rnu
--- exit 1
--- err
"rnu"
Did you mean "run"?
--- run frobnicate
--- exit 1
--- err
"frobnicate"
! Did you mean
plan, run, status, check
--- run run plan
--- exit 1
--- err
plan
--- run run --phaze data
--- exit 1
--- err
"--phaze"
Did you mean "--phase"?
--- run run --phase
--- exit 1
--- err
no value for "--phase"
--- run run --phase dta
--- exit 1
--- err
"dta"
Did you mean "data"?
--- run plan --phase zzzzzzzz
--- exit 1
--- err
"zzzzzzzz"
--help lists the phases
--- run run --target ap=sqlite:x.db
--- exit 1
--- err
"ap"
app
--- run run --target app
--- exit 1
--- err
NAME=LOCATION
--- run run --source file=.
--- exit 1
--- err
"file"
Did you mean "files"?
--- run run --source files
--- exit 1
--- err
NAME=LOCATION
--- run run --source files=postgres://x/y
--- exit 3
--- err
files
--- run run --target app=mysql://host/x
--- exit 3
--- err
mysql
--- run run --sample 0
--- exit 1
--- err
"0"
--- run run --sample -5
--- exit 1
--- err
"-5"
--- run run --sample 99999999999999999999
--- exit 1
--- err
99999999999999999999
--- run run --sample ten
--- exit 1
--- err
"ten"
--- run run --reject-limit 101%
--- exit 1
--- err
"101%"
--- run run --reject-limit -1
--- exit 1
--- err
"-1"
--- run run --reject-limit nan%
--- exit 1
--- err
"nan%"
--- run run --memory lots
--- exit 1
--- err
"lots"
--- run run --memory 1
--- exit 1
--- err
16MiB
--- run run --memory 99999999999GiB
--- exit 1
--- err
99999999999GiB
--- run run --log xml
--- exit 1
--- err
"xml"
text
json
--- run run --quiet=yes
--- exit 1
--- err
--quiet
--- run status --reject-limit 3
--- exit 1
--- err
--reject-limit
status
--- run run --
--- exit 1
--- sh test ! -e app.db && test ! -e x.db && test ! -e mysql:
--- run --help
--- out
usage:
run
exit codes
--- run version
--- out
m
--- run --version
--- run help
--- run run --target $TARGET
--- run run --target=$TARGET
--- rows select name from person order by name
Ann
Bob

=== the last of several --target wins, and a target may be another engine than the spec says
--- spec
migration m;
source files csv 'nowhere' { table people file 'people.csv' (name text not null); }
target app sqlite 'app.db' { table person (name text not null); }
from files.people into app.person;
--- file people.csv
name
Ann
--- run run --source files=. --target app=sqlite:/nonexistent/x.db --target $TARGET
--- rows select name from person
Ann

=== a location in the environment: set, unset, empty, with a default
--- engines sqlite
--- env OTHER=.
--- spec
migration m;
source files csv env 'MIGC_TEST_NO_SUCH_VARIABLE' { table people file 'people.csv' (name text not null); }
source more csv env 'OTHER' { table others file 'people.csv' (name text not null); }
target app sqlite env 'MIGC_TEST_NO_SUCH_TARGET' default 'default.db' { table person (name text not null); table other (name text not null); }
from files.people into app.person;
from more.others into app.other;
--- file people.csv
name
Ann
--- run run
--- exit 3
--- err
MIGC_TEST_NO_SUCH_VARIABLE
--source files=
--- sh test ! -e app.db && test ! -e default.db
--- sh MIGC_TEST_NO_SUCH_VARIABLE= $PROG run
--- exit 3
--- err
MIGC_TEST_NO_SUCH_VARIABLE
--- sh MIGC_TEST_NO_SUCH_VARIABLE=. $PROG run && test -s default.db
--- run run --source files=.

=== migc: commands, options, files
--- engines sqlite
--- spec
migration m;
source files csv '.' { table people file 'people.csv' (name text not null); }
target app sqlite 'app.db' { table person (name text not null); }
from files.people into app.person;
--- file wrong.mig
migration m
--- file empty.mig
--- file binary.mig escaped
\x7fELF\x02\x01\x01\x00\x00\xff\xfe\x00
--- migc
--- exit 1
--- migc biuld spec.mig
--- exit 1
--- err
"biuld"
Did you mean "build"?
--- migc build
--- exit 1
--- err
SPEC
--- migc build spec.mig --ouput x
--- exit 1
--- err
--ouput
--- migc build spec.mig -o
--- exit 1
--- err
-o
--- migc build spec.mig spec.mig
--- exit 1
--- migc check
--- exit 1
--- migc check --format xml spec.mig
--- exit 1
--- err
xml
json
--- migc check --dump=everything spec.mig
--- exit 1
--- err
everything
--- migc check nowhere.mig
--- exit 6
--- err
nowhere.mig
--- migc build nowhere.mig
--- exit 6
--- err
nowhere.mig
--- migc build .
--- exit 6
--- migc build wrong.mig -o wrong
--- exit 2
--- err
wrong.mig:
--- migc build empty.mig -o wrong
--- exit 2
--- err
empty.mig:
--- migc build binary.mig -o wrong
--- exit 2
--- err
binary.mig:
--- migc build spec.mig -o nowhere/prog
--- exit 6
--- err
nowhere
--- migc build spec.mig -o .
--- exit 6
--- migc build spec.mig -o spec.mig
--- exit 6
--- err
that is the spec
--- migc build spec.mig -o prog2 --emit-c nowhere/x.c
--- exit 6
--- err
nowhere
--- sh test ! -e wrong && test ! -e prog2 && ls | grep -c tmp || true
--- cat spec.mig
migration m;
...
--- migc --help
--- out
build
--- migc help build
--- out
usage:
--- migc build --help
--- out
usage:
--- migc --version
