-- $1: a table's oid. Its constraints: name, kind, columns, the table and columns that it refers to, actions, deferrable and deferred, its SQL,
-- whether the language says all of it, and whether the other table is in another schema.
select k.conname, k.contype,
       (select string_agg(a.attname, E'\n' order by u.i) from unnest(k.conkey) with ordinality u(n, i)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n),
       f.relname,
       (select string_agg(a.attname, E'\n' order by u.i) from unnest(k.confkey) with ordinality u(n, i)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n),
       k.confdeltype, k.confupdtype, k.condeferrable, k.condeferred,
       'alter table ' || quote_ident(c.relname) || ' add constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid, true),
       case k.contype
           when 'f' then f.relnamespace = c.relnamespace and k.confmatchtype = 's' and k.convalidated and not exists (
               select from (select to_jsonb(k)) j(v) where coalesce(j.v ->> 'confdelsetcols', '') <> '')
           when 'c' then false
           when 'x' then false
           when 't' then null
           else not k.condeferrable and pg_get_constraintdef(k.oid, true) =
               case k.contype when 'p' then 'PRIMARY KEY (' else 'UNIQUE (' end ||
               (select string_agg(quote_ident(a.attname), ', ' order by u.i) from unnest(k.conkey) with ordinality u(n, i)
                join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n) || ')'
               and (select i.reloptions is null from pg_class i where i.oid = k.conindid)
       end, f.relnamespace <> c.relnamespace
from pg_constraint k
join pg_class c on c.oid = k.conrelid
left join pg_class f on f.oid = k.confrelid
where k.conrelid = $1::oid and k.contype in ('p', 'u', 'f', 'c', 'x')
order by case k.contype when 'p' then 0 when 'u' then 1 when 'f' then 2 else 3 end, k.conname::text collate "C"
