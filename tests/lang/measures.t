# Measures: what is timed, what is expected of it.

=== a measure with everything: tree, plan, words, layout
--- spec
migration m;
source old sqlite 'old.db' { table t (id integer not null); }
target app sqlite 'app.db' { table n (id integer not null); }
phase a { create app.n; from old.t as t { on error reject; into app.n { id = t.id; } } }
phase b after a manual { sql app $$ select 1 $$; }
MEASURE 'rows of a name' AFTER a{before old $$ select 1 $$;after app $$ select 2 $$;
expect after<=0.8*before; EXPECT after<=1.2*baseline  ELSE WARN;}
measure 'alone' { after app $$ select 3 $$; }
--- fmt
migration m;
source old sqlite 'old.db' { table t (id integer not null); }
target app sqlite 'app.db' { table n (id integer not null); }
phase a {
    create app.n;
    from old.t as t {
        on error reject;
        into app.n { id = t.id; }
    }
}
phase b after a manual { sql app $$ select 1 $$; }
measure 'rows of a name' after a {
    before old $$ select 1 $$;
    after app $$ select 2 $$;
    expect after <= 0.8 * before;
    expect after <= 1.2 * baseline else warn;
}
measure 'alone' { after app $$ select 3 $$; }
--- plan
...
  measure 'rows of a name' after a
    before old: " select 1 "
    after app: " select 2 "
    expect
      op <= : boolean not null fallible
        var after : double not null
        op * : double not null fallible
          float "0.8" : double not null
          var before : double not null
    expect else warn
      op <= : boolean not null fallible
        var after : double not null
        op * : double not null fallible
          float "1.2" : double not null
          var baseline : double not null
  measure 'alone' after a
    after app: " select 3 "
--- explain
...
    when it is committed, measure 'rows of a name': the query before in old and the query after in app, timed in turn
      expected: after<=0.8*before
      expected: after<=1.2*baseline (warns only)
    when it is committed, measure 'alone': the query after in app, timed and kept as baseline
...
  measure: the times of every measure, the baseline of later ones
--- c
/* spec.mig:7  expect after<=0.8*before */
mig_float product = mig_mul_float(x, MIG_FLOAT(0.8), m->before, MIG_T_DOUBLE);
return mig_le_float(m->after, product);
.before = &(const mig_timed){0, "/* migc spec.mig:6 */  select 1 ",
.after = &(const mig_timed){-1, "/* migc spec.mig:6 */  select 2 ",

=== the words of a measure are names elsewhere
--- spec
migration m;
source measure csv '.' { table expect file 'e.csv' (measure text not null, baseline text); }
target app sqlite 'app.db' { table n (expect text not null); }
from measure.expect as expect { into app.n { expect = expect.measure; } }
--- diag

=== it names a phase, has a name, and has it alone
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
from s.t as t { into app.n { id = t.id; } }
measure 'x' after dta { after app $$ select 1 $$; }
measure 'x' { after app $$ select 1 $$; }
measure '' { after app $$ select 1 $$; }
--- diag
spec:5:19: error: there is no phase "dta"
hint: Did you mean "data"?
spec:6:9: error: there is a measure "x" already
spec:5:9: note: it is declared here
spec:7:9: error: a measure needs a name that is not empty

=== its queries: at least one, each once, of a database, with something in them
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
from s.t as t { into app.n { id = t.id; } }
measure 'none' { }
measure 'expects only' { expect after < 3; }
measure 'csv' { before s $$ select 1 $$; }
measure 'twice' { after app $$ select 1 $$; after app $$ select 2 $$; }
measure 'nothing' { after app $$ ; $$; }
measure 'where' { after ap $$ select 1 $$; }
--- diag
spec:5:9: error: the measure times no query
hint: Add the old one, `before SOURCE $$ select … $$;`, the new one, `after TARGET $$ select … $$;`, or both.
spec:6:9: error: the measure times no query
hint: Add the old one, `before SOURCE $$ select … $$;`, the new one, `after TARGET $$ select … $$;`, or both.
spec:7:24: error: a query is asked of a database, and "s" is CSV files
hint: Leave "before" out: times of the other query are kept and can be compared with `baseline`.
spec:8:45: error: a measure has one query "after"
spec:8:19: note: it is here
spec:9:31: error: there is no SQL between the dollar signs
spec:10:25: error: there is no source or target "ap"
hint: Did you mean "app"?

=== what is expected: only the medians that are there, only numbers beside them
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
from s.t as t { into app.n { id = t.id; } }
measure 'x' {
    after app $$ select 1 $$;
    expect after <= 0.8 * before;
    expect aftr < 3;
    expect app.n < 3;
    expect "Base" < beforehand and median < 3;
    expect round(after) < 3;
    expect count(app.n) < after;
    expect after < '3';
    expect 1 < 2;
    expect after;
    expect after <= 4 / 5 * baseline;
    expect not (after > -1.5 and after * 2 - 1 between 0 and baseline + 10) or after <> 3;
}
--- diag
spec:7:27: error: the measure times no query "before"
hint: Add it: before SOURCE $$ select … $$;
spec:8:12: error: there is nothing called "aftr" in an expectation
hint: Did you mean "after"?
spec:9:12: error: there is nothing called "app.n" in an expectation
hint: An expectation compares `before`, `after` and `baseline`, in milliseconds: after <= 0.8 * before
spec:10:12: error: there is nothing called "Base" in an expectation
hint: An expectation compares `before`, `after` and `baseline`, in milliseconds: after <= 0.8 * before
spec:10:21: error: there is nothing called "beforehand" in an expectation
hint: Did you mean "before"?
spec:10:36: error: there is nothing called "median" in an expectation
hint: An expectation compares `before`, `after` and `baseline`, in milliseconds: after <= 0.8 * before
spec:11:12: error: round(after) cannot stand in an expectation
hint: An expectation compares `before`, `after` and `baseline`, in milliseconds: after <= 0.8 * before
spec:12:12: error: count(app.n) cannot stand in an expectation
hint: An expectation compares `before`, `after` and `baseline`, in milliseconds: after <= 0.8 * before
spec:13:20: error: '3' cannot stand in an expectation
hint: An expectation compares `before`, `after` and `baseline`, in milliseconds: after <= 0.8 * before
spec:14:12: error: the expectation asks nothing of any time
hint: An expectation compares `before`, `after` and `baseline`, in milliseconds: after <= 0.8 * before
spec:15:12: error: an expectation is a condition, and after is double
hint: Compare it: after > 0.
spec:16:21: error: 4 / 5 divides whole numbers, and loses what is behind the point
hint: Write the quotient, as in 0.8 * before.

=== before or after is needed in front of a query; expect stands in a measure
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
from s.t as t { into app.n { id = t.id; } }
measure 'x' { app $$ select 1 $$; after app 'select 2'; after app $$ select 2 $$; }
measure { after app $$ select 1 $$; }
expect after < 3;
--- diag
spec:5:15: error: unexpected "app", expected "after", "before", "expect" or "}"
spec:5:45: error: unexpected 'select 2', expected SQL between $$
hint: SQL stands between $$ and $$.
spec:6:9: error: unexpected "{", expected a text in quotes
spec:7:1: error: unexpected "expect", expected "alias", "check", "dedup", "define", "from", "include", "measure", "migration", "phase", "source" or "target"
hint: "expect" stands inside of a measure: measure 'name' { ... }.

=== a spec that makes nothing has nothing to measure
--- spec
migration m;
target app sqlite 'app.db' { existing table n (id text not null); }
measure 'x' { after app $$ select 1 $$; }
--- diag
spec:2:45: warning: the existing table "n" is never used
spec:3:9: error: there is no phase after which the measure could be taken
hint: Create a table, or load one: what is measured is what the migration has made.
