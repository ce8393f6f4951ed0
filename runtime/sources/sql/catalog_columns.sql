-- $1: a table's oid. Its columns in order: name, type without and with its numbers, its kind (d: domain, e: enum …), collation when it is not
-- the type's own, not null, identity (a: always, d: by default), default; of the sequence that the column owns: name and, where they are not
-- those that PostgreSQL takes by itself, its options. serial: the default is that sequence.
select a.attname, format_type(a.atttypid, null), format_type(a.atttypid, a.atttypmod), t.typtype,
       case when a.attcollation <> t.typcollation then
           (select case when n.nspname = 'pg_catalog' then '' else quote_ident(n.nspname) || '.' end || quote_ident(l.collname)
            from pg_collation l join pg_namespace n on n.oid = l.collnamespace where l.oid = a.attcollation) end,
       a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid, true),
       s.oid is not null and a.attidentity = '' and exists (
           select from pg_depend p where p.classid = 'pg_attrdef'::regclass and p.objid = d.oid
             and p.refclassid = 'pg_class'::regclass and p.refobjid = s.oid)
           and pg_get_expr(d.adbin, d.adrelid, true) like 'nextval(%::regclass)' as serial,
       s.relname,
       concat_ws(' ', case when s.relname <> c.relname || '_' || a.attname || '_seq' then 'sequence name ' || quote_ident(s.relname) end,
           case when q.seqstart <> case when q.seqincrement > 0 then q.seqmin else q.seqmax end then 'start ' || q.seqstart end,
           case when q.seqincrement <> 1 then 'increment ' || q.seqincrement end,
           case when q.seqmin <> case when q.seqincrement > 0 then 1 else m.low end then 'minvalue ' || q.seqmin end,
           case when q.seqmax <> case when q.seqincrement > 0 then m.high else -1 end then 'maxvalue ' || q.seqmax end,
           case when q.seqcache <> 1 then 'cache ' || q.seqcache end, case when q.seqcycle then 'cycle' end)
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_type t on t.oid = a.atttypid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
left join pg_depend o on o.refclassid = 'pg_class'::regclass and o.refobjid = a.attrelid and o.refobjsubid = a.attnum
     and o.classid = 'pg_class'::regclass and o.deptype in ('a', 'i') and exists (select from pg_sequence q where q.seqrelid = o.objid)
left join pg_class s on s.oid = o.objid
left join pg_sequence q on q.seqrelid = s.oid
left join lateral (select case a.atttypid when 'smallint'::regtype then -32768 when 'integer'::regtype then -2147483648
                          else -9223372036854775808 end::bigint,
                          case a.atttypid when 'smallint'::regtype then 32767 when 'integer'::regtype then 2147483647
                          else 9223372036854775807 end::bigint) m(low, high) on true
where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped
order by a.attnum, s.relname
