-- $1: a schema. Its tables by name, and why one cannot be carried (null: it can).
select c.oid, c.relname,
       case when c.relname ~ '[[:cntrl:]]' or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname ~ '[[:cntrl:]]')
                 or exists (select from pg_constraint k where k.conrelid = c.oid and k.conname ~ '[[:cntrl:]]')
                 or exists (select from pg_index i join pg_class r on r.oid = i.indexrelid where i.indrelid = c.oid and r.relname ~ '[[:cntrl:]]')
                 then 'a name in it has a line break or another control character'
            when c.relkind = 'f' then 'it is a foreign table: its rows stand on another server'
            when c.relkind = 'p' then 'it is partitioned'
            when c.relispartition then 'it is a partition of '
                 || (select quote_literal(i.inhparent::regclass::text) from pg_inherits i where i.inhrelid = c.oid limit 1)
            when exists (select from pg_inherits i where i.inhrelid = c.oid) then 'it inherits from '
                 || (select quote_literal(i.inhparent::regclass::text) from pg_inherits i where i.inhrelid = c.oid limit 1)
            when exists (select from pg_inherits i where i.inhparent = c.oid) then 'tables inherit from it'
            when c.reloftype <> 0 then 'it is a table of a composite type'
            when c.relrowsecurity then 'row security stands before its rows'
            when exists (select from pg_rewrite r where r.ev_class = c.oid) then 'it has rules'
            when not exists (select from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
                 then 'it has no columns'
            when gen.name is not null then 'its column "' || gen.name || '" is generated from others'
            when far.name is not null then 'its column "' || far.name || '" is ' || far.type || ', of another schema'
            when odd.name is not null then 'its column "' || odd.name || '" is ' || odd.type || ', whose text depends on the server'
       end
from pg_class c
left join lateral (select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attgenerated <> '' and not a.attisdropped
                   order by a.attnum limit 1) gen(name) on true
left join lateral (select a.attname::text, format_type(a.atttypid, null) from pg_attribute a join pg_type t on t.oid = a.atttypid
                   left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
                   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                     and coalesce(e.typnamespace, t.typnamespace) not in (c.relnamespace, 'pg_catalog'::regnamespace)
                     and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = coalesce(e.oid, t.oid) and d.deptype = 'e')
                   order by a.attnum limit 1) far(name, type) on true
left join lateral (select a.attname::text, format_type(a.atttypid, null) from pg_attribute a
                   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                     and (a.atttypid = 'money'::regtype or a.atttypid = 'money[]'::regtype or exists (
                         select from pg_type y where y.oid = a.atttypid and y.typname like any ('{reg%,\\_reg%}') and y.typnamespace = 'pg_catalog'::regnamespace))
                   order by a.attnum limit 1) odd(name, type) on true
where c.relnamespace = (select oid from pg_namespace where nspname = $1) and c.relkind in ('r', 'p', 'f')
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by c.relname::text collate "C"
