-- $1: a table's oid. Its indexes that stand behind no constraint: name, unique, method, columns with " desc" behind them, their SQL, and
-- whether the language says all of it.
with x as (
    select i.indexrelid, r.relname as name, i.indisunique, m.amname, c.relname as on_table, i.indisvalid and r.reloptions is null as sound,
           (select string_agg(a.attname || case when i.indoption[u.i - 1] & 1 = 1 then E'\t' else '' end, E'\n' order by u.i)
            from unnest(i.indkey) with ordinality u(n, i) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.n) as columns,
           (select string_agg(quote_ident(a.attname) || case when i.indoption[u.i - 1] & 1 = 1 then ' DESC' else '' end, ', ' order by u.i)
            from unnest(i.indkey) with ordinality u(n, i) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.n) as spelled
    from pg_index i
    join pg_class r on r.oid = i.indexrelid
    join pg_class c on c.oid = i.indrelid
    join pg_am m on m.oid = r.relam
    where i.indrelid = $1::oid and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
)
select name, indisunique, amname, columns, pg_get_indexdef(indexrelid, 0, true),
       sound and pg_get_indexdef(indexrelid, 0, true) = 'CREATE ' || case when indisunique then 'UNIQUE ' else '' end || 'INDEX ' ||
           quote_ident(name) || ' ON ' || quote_ident(on_table) || ' USING ' || amname || ' (' || spelled || ')'
from x
order by name::text collate "C"
