# Files that include each other: relative to the file that says so, each read once, in order.

=== what it brings in follows it
--- spec
migration m;
include 'in/one.mig';
define c() text = 'c';
--- ast
file
  decls:
    migration name=m
    include path="in/one.mig"
    define name=a
      result: type name=text
      e: text text="a"
    include path="two.mig"
    define name=b
      result: type name=text
      e: text text="b"
    include path="../in/./one2.mig"
    include path="two2.mig"
    define name=z
      result: type name=text
      e: text text="z"
    define name=c
      result: type name=text
      e: text text="c"
--- file in/one.mig
define a() text = 'a';
include 'two.mig';
--- file in/two.mig
define b() text = 'b';
include '../in/./one2.mig';
--- file in/one2.mig
include 'two2.mig';
--- file in/two2.mig
define z() text = 'z';

=== a file is read once
--- spec
include 'a.mig';
include './a.mig';
include 'b.mig';
--- ast
file
  decls:
    include path="a.mig"
    define name=a
      result: type name=text
      e: text text="a"
    include path="./a.mig"
    include path="b.mig"
    include path="a.mig"
--- file a.mig
define a() text = 'a';
--- file b.mig
include 'a.mig';

=== a circle
--- spec
include 'a.mig';
--- diag
b.mig:2:9: error: "spec.mig" includes itself
a.mig:1:1: note: included from here
spec:1:1: note: included from here
--- file a.mig
include 'b.mig';
--- file b.mig
-- back
include 'spec.mig';

=== itself
--- spec
include 'spec.mig';
--- diag
spec:1:9: error: "spec.mig" includes itself

=== mistakes in an included file
--- spec
include 'a.mig';
from ;
--- diag
spec:2:6: error: unexpected ";", expected a name
a.mig:1:12: error: missing ";" before "include"
spec:1:1: note: included from here
a.mig:2:9: error: cannot read "none.mig": No such file or directory
spec:1:1: note: included from here
--- file a.mig
migration m
include 'none.mig';

=== what cannot be read
--- spec
include 'none.mig';
include '.';
include '';
--- diag
spec:1:9: error: cannot read "none.mig": No such file or directory
spec:2:9: error: cannot read ".": is a directory, not a spec
spec:3:9: error: cannot read "": No such file or directory
