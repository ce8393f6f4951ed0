# steps of phases: sql with its undo, backup, run
=== sql with undo, backup, run: the tree
--- spec
phase a manual {
    backup app to 'before'; backup old to env 'DIR'; backup x to env 'DIR' default 'd';
    sql app $$ drop table t $$ undo $u$ create table t (a int) $u$;
    run 'notify', '--all', 'it''s';
}
--- ast
file
  decls:
    phase name=a manual
      steps:
        backup system=app
          to: location text="before"
        backup system=old
          to: location env="DIR"
        backup system=x
          to: location env="DIR" fallback="d"
        sql target=app text=" drop table t " undo=" create table t (a int) "
        run words="notify","--all","it's"

=== layout of steps
--- spec
phase a { BACKUP app TO 'x' ;SQL app $$ a $$ UNDO
$$ b $$; run 'x' ,'y' ;
  backup b to   ENV 'V'   default 'd'; }
--- fmt
phase a {
    backup app to 'x';
    sql app $$ a $$ undo
        $$ b $$;
    run 'x', 'y';
    backup b to env 'V' default 'd';
}

=== the words of steps are names elsewhere
--- spec
migration run;
source backup csv '.' { table undo file 'u.csv' (run text, "to" text, undo text); }
target to sqlite 'app.db' { table run (run text, backup text, to text); }
phase undo { create to.run; }
from backup.undo as run into to.run { run = run.run; backup = run.undo; to = run.to; }
--- diag

=== mistakes in steps
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
phase a {
    backup app 'x';
    backup app to x;
    run;
    run notify;
    sql app $$ select 1 $$ undo;
    sql app $$ select 1 $$ und $$ select 2 $$;
    run 'a' 'b';
    create app.*;
}
backup app to 'x';
--- diag
spec:4:16: error: unexpected 'x', expected "to"
spec:5:19: error: unexpected "x", expected a text in quotes or "env"
spec:6:8: error: unexpected ";", expected a text in quotes
spec:7:9: error: unexpected "notify", expected a text in quotes
spec:8:32: error: unexpected ";", expected SQL between $$
spec:9:28: error: unexpected "und", expected "undo" or ";"
hint: Did you mean "undo"?
spec:10:13: error: unexpected 'b', expected ";" or ","
spec:13:1: error: unexpected "backup", expected "alias", "check", "dedup", "define", "from", "include", "measure", "migration", "phase", "source" or "target"
hint: "backup" stands inside of a phase: phase name { ... }.

=== backups: of what, whereto, where among the steps
--- spec
migration m;
source sheets csv '.' { table people file 'people.csv' (name text); }
source old sqlite 'old.db' { table t (a text); }
target app sqlite 'app.db' { table t (a text); }
phase a {
    backup ap to 'x';
    backup sheets to 'x';
    backup app to '';
    backup old to env '1X';
    backup app to 'y';
    create app.*;
    backup old to 'y';
}
from old.t into app.t;
from sheets.people as p into app.t { a = p.name; }
--- diag
spec:6:12: error: there is no source or target "ap"
hint: Did you mean "app"?
spec:7:12: error: "sheets" is a folder of CSV files, which nothing here writes: they are their own backup
spec:8:19: error: the folder for backups is empty
spec:9:23: error: '1X' cannot be the name of an environment variable
spec:10:12: error: "app" is backed up in this phase already
spec:8:12: note: it is backed up in this phase here
spec:12:5: error: a backup is taken before its phase begins, and stands before the other steps
hint: Move it up, or into a phase of its own that comes before this one.

=== a system can be backed up in several phases
--- spec
migration m;
source old sqlite 'old.db' { table t (a text); }
target app sqlite 'app.db' { table t (a text); }
phase a { backup app to 'x'; create app.*; }
phase b after a { backup app to 'x'; backup old to 'x'; from old.t into app.t; }
--- diag

=== programs: there is one, and no shell reads it
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
phase a { create app.*; run ' '; run 'notify --all'; run 'make', 'a b', ''; run 'x | y', 'z'; }
--- diag
spec:3:29: error: there is no program to run
spec:3:38: error: 'notify --all' is taken as the name of a program: no shell reads it
hint: Each argument is a text of its own: run 'program', 'argument';

=== SQL that is empty, with undo and in checks
--- spec
migration m;
target app postgres 'dbname=x' { table t (a text); }
phase a {
    sql app $$ ; ; $$;
    sql app $$ -- nothing
      /* and /* here */ nothing */ $$ undo $$ $$;
    create app.*;
}
check 'c' after a: sql app $$ -- ? $$;
--- diag
spec:4:13: error: there is no SQL between the dollar signs
spec:5:13: error: there is no SQL between the dollar signs
spec:6:44: error: there is no SQL between the dollar signs
spec:9:28: error: there is no SQL between the dollar signs

=== SQL about the transaction, PostgreSQL
--- spec
migration m;
target app postgres 'dbname=x' { table t (a text); }
phase a {
    create app.*;
    sql app $$ insert into t values ('a; commit;'); commit; begin $$;
    sql app $$ /* commit; */ Begin; select 1; end; $$;
    sql app $$ select E'\'; commit; ' -- ; commit;
      ; Start  Transaction $$;
    sql app $$ savepoint s; rollback to s $$ undo $t$ do $$ begin commit; end $$; abort $t$;
    sql app $$ prepare transaction 'x' $$;
}
check 'c' after a: sql app $$ commit $$;
--- diag
spec:5:53: error: "commit" is about the transaction, which is the phase's own
hint: Take it out: a phase happens wholly or not at all. What shall be committed by itself is a phase of its own.
spec:6:30: error: "Begin" is about the transaction, which is the phase's own
hint: Take it out: a phase happens wholly or not at all. What shall be committed by itself is a phase of its own.
spec:8:9: error: "Start" is about the transaction, which is the phase's own
hint: Take it out: a phase happens wholly or not at all. What shall be committed by itself is a phase of its own.
spec:9:16: error: "savepoint" is about the transaction, which is the phase's own
hint: Take it out: a phase happens wholly or not at all. What shall be committed by itself is a phase of its own.
spec:9:83: error: "abort" is about the transaction, which is the phase's own
hint: Take it out: a phase happens wholly or not at all. What shall be committed by itself is a phase of its own.
spec:10:16: error: "prepare" is about the transaction, which is the phase's own
hint: Take it out: a phase happens wholly or not at all. What shall be committed by itself is a phase of its own.
spec:12:31: error: "commit" is about the transaction, which is the phase's own
hint: Take it out: a phase happens wholly or not at all. What shall be committed by itself is a phase of its own.

=== SQL that only looks as if it were about the transaction
--- spec
migration m;
target app postgres 'dbname=x' { table t (a text); }
phase a {
    create app.*;
    sql app $$ prepare p as select 1; select 'commit' as commit, 1 as "rollback;commit"; update t set a = 'begin' $$;
    sql app $t$ create function f() returns int language sql begin atomic select case when true then 1 end; select 2; end;
                do $$ begin perform 1; end $$; $t$;
    sql app $$ create rule r as on update to t do also (insert into t values ('x'); delete from t where a = 'commit'); $$;
}
--- diag

=== SQL about the transaction, SQLite: comments do not nest, triggers hold statements
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
phase a {
    create app.*;
    sql app $$ create trigger g after insert on t begin update t set a = case when a = '' then 'x' else a end; delete from t; end;
               create table "a;commit" (`b;begin` text, [c;end] text); $$;
    sql app $$ /* /* */ rollback; -- */ $$;
    sql app $$ release x $$;
}
--- diag
spec:7:25: error: "rollback" is about the transaction, which is the phase's own
hint: Take it out: a phase happens wholly or not at all. What shall be committed by itself is a phase of its own.
spec:8:16: error: "release" is about the transaction, which is the phase's own
hint: Take it out: a phase happens wholly or not at all. What shall be committed by itself is a phase of its own.

=== steps that may touch anything stay where they stand
--- spec
migration m;
source old sqlite 'old.db' { table t (a text); }
target app sqlite 'app.db' { table t (a text); }
phase a {
    backup old to 'x';
    backup app to env 'D' default 'y';
    create app.*;
    run 'a', 'b';
    from old.t into app.t;
    sql app $$ delete from t $$ undo $$ select 1 $$;
}
--- plan
...
  phase a
    backup source old to 'x'
    backup target app to env 'D' default 'y'
    create t
    run 'a', 'b'
    flow old.t
...
    sql undo
...

=== explain: backups, programs, what can be taken back
--- spec
migration m;
source old sqlite 'old.db' { table t (a text); }
target app sqlite 'app.db' { table t (a text); }
phase a { backup app to env 'D' default 'y'; backup old to 'x'; create app.*; }
phase b after a { sql app $$ delete from t $$ undo $$ select 1 $$; }
phase c after b { run 'notify', 'a b'; }
phase d after c { sql app $$ delete from t $$; from old.t into app.t; }
--- explain
...
  1. a
    before its transaction begins: a checked copy of target app into the folder that D names, or else 'y'
    before its transaction begins: a checked copy of source old into 'x'
    create table t

  2. b, after a
    run SQL of the spec, which says how it is undone
    can be taken back: yes, by the undo of its sql steps

  3. c, after b
    run the program 'notify' 'a b', only with --allow-run; it sees nothing of this phase
    can be taken back: no: what the program of its run step at line 6 did is not known

  4. d, after a, c
    run SQL of the spec
    from old.t, streamed (line 7)
      into t
    can be taken back: no: its sql step at line 7 has no undo
...
  backup: every copy that a backup step made, with its sha256
...
