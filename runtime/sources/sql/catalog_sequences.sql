-- $1: a schema. Its sequences: name, options, the table and the column that one belongs to (identity: an identity's, it is made with it).
select c.relname, concat_ws(' ', case when q.seqtypid <> 'bigint'::regtype then 'as ' || q.seqtypid::regtype end,
           case when q.seqstart <> case when q.seqincrement > 0 then q.seqmin else q.seqmax end then 'start ' || q.seqstart end,
           case when q.seqincrement <> 1 then 'increment ' || q.seqincrement end,
           case when q.seqmin <> case when q.seqincrement > 0 then 1 else m.low end then 'minvalue ' || q.seqmin end,
           case when q.seqmax <> case when q.seqincrement > 0 then m.high else -1 end then 'maxvalue ' || q.seqmax end,
           case when q.seqcache <> 1 then 'cache ' || q.seqcache end, case when q.seqcycle then 'cycle' end),
       t.relname, a.attname, coalesce(o.deptype = 'i', false) as identity
from pg_class c
join pg_sequence q on q.seqrelid = c.oid
left join lateral (select case q.seqtypid when 'smallint'::regtype then -32768 when 'integer'::regtype then -2147483648
                          else -9223372036854775808 end::bigint,
                          case q.seqtypid when 'smallint'::regtype then 32767 when 'integer'::regtype then 2147483647
                          else 9223372036854775807 end::bigint) m(low, high) on true
left join pg_depend o on o.classid = 'pg_class'::regclass and o.objid = c.oid and o.deptype in ('a', 'i')
     and o.refclassid = 'pg_class'::regclass and o.refobjsubid > 0
left join pg_class t on t.oid = o.refobjid
left join pg_attribute a on a.attrelid = o.refobjid and a.attnum = o.refobjsubid
where c.relnamespace = (select oid from pg_namespace where nspname = $1)
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by c.relname::text collate "C"
