# Words of the language are names wherever that can be told.

=== columns may be called as they like
--- spec
target t sqlite 'x' {
  table table (name text, first text, key text, status text, order text, check text, primary text, foreign text, "constraint" text,
    "unique" text, index text, end text, null text, not text, default text, time time, "table" text, References text);
}
--- ast
file
  decls:
    target name=t engine=sqlite
      location: location text="x"
      tables:
        table name=table
          columns:
            column name=name
              type: type name=text
            column name=first
              type: type name=text
            column name=key
              type: type name=text
            column name=status
              type: type name=text
            column name=order
              type: type name=text
            column name=check
              type: type name=text
            column name=primary
              type: type name=text
            column name=foreign
              type: type name=text
            column name="constraint"
              type: type name=text
            column name="unique"
              type: type name=text
            column name=index
              type: type name=text
            column name=end
              type: type name=text
            column name=null
              type: type name=text
            column name=not
              type: type name=text
            column name=default
              type: type name=text
            column name=time
              type: type name=time
            column name="table"
              type: type name=text
            column name=References
              type: type name=text

=== in flows
--- spec
from source.table as row {
  let from = row.into;
  let when_ = case when from is null then row.end else row.case end;
  into target.phase { table = row.table; key = first; end = "end"; copy = count; copy * except from, null; skip = date(row.at) else skip; }
}
--- ast
file
  decls:
    flow
      from: table-ref system=source table=table
      row: binding name=row
      items:
        let name=from
          e: name path=row.into
        let name=when_
          e: case
            whens:
              when
                when: is what=null
                  e: name path=from
                then: name path=row.end
            otherwise: name path=row.case
        into
          table: table-ref system=target table=phase
          sets:
            set col=table
              e: name path=row.table
            set col=key
              e: name path=first
            set col=end
              e: name path="end"
            set col=copy
              e: name path=count
            copy except=from,null
            set col=skip
              e: call name=date
                args:
                  name path=row.at
              handler: handler what=skip

=== functions and forms of checks
--- spec
check 'c' before default: count(count.count) = count(sql.every as every: every.every > 1) and unique(a.b, unique, merged) or rejected > skipped(a.b);
--- ast
file
  decls:
    check name="c" before phase=default
      e: binary op=or
        left: binary op=and
          left: binary op==
            left: count
              table: table-ref system=count table=count
            right: count
              table: table-ref system=sql table=every
              row: binding name=every
              e: binary op=>
                left: name path=every.every
                right: number text="1"
          right: unique
            table: table-ref system=a table=b
            keys:
              name path=unique
              name path=merged
        right: binary op=>
          left: name path=rejected
          right: tally what=skipped
            table: table-ref system=a table=b
