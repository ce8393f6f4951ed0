-- $1: a table's oid. What else PostgreSQL knows of the table, as statements: how it is kept, statistics, comments.
with c as (select oid, relname, relpersistence, reloptions, relreplident, quote_ident(relname) as q from pg_class where oid = $1::oid)
select 'alter table ' || q || ' set unlogged' from c where relpersistence = 'u'
union all
select 'alter table ' || q || ' set (' || array_to_string(reloptions, ', ') || ')' from c where reloptions is not null
union all
select 'alter table ' || q || ' replica identity ' || case relreplident when 'f' then 'full' when 'n' then 'nothing' else
       'using index ' || (select quote_ident(r.relname) from pg_index i join pg_class r on r.oid = i.indexrelid
                          where i.indrelid = c.oid and i.indisreplident) end from c where relreplident <> 'd'
union all
select * from (select 'alter table ' || q || ' alter column ' || quote_ident(a.attname) || ' set storage ' ||
       case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end
       from c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
       where a.attnum > 0 and not a.attisdropped and a.attstorage <> t.typstorage order by a.attnum) s
union all
select * from (select 'alter table ' || q || ' alter column ' || quote_ident(a.attname) || ' set statistics ' || a.attstattarget
       from c join pg_attribute a on a.attrelid = c.oid where a.attnum > 0 and not a.attisdropped and a.attstattarget >= 0 order by a.attnum) s
union all
select * from (select 'alter table ' || q || ' alter column ' || quote_ident(a.attname) || ' set (' || array_to_string(a.attoptions, ', ') || ')'
       from c join pg_attribute a on a.attrelid = c.oid where a.attnum > 0 and not a.attisdropped and a.attoptions is not null order by a.attnum) s
union all
select 'alter table ' || q || ' cluster on ' || quote_ident(r.relname)
from c join pg_index i on i.indrelid = c.oid and i.indisclustered join pg_class r on r.oid = i.indexrelid
union all
select * from (select replace(pg_get_statisticsobjdef(s.oid), quote_ident(n.nspname) || '.' || quote_ident(s.stxname), quote_ident(s.stxname))
       from c join pg_statistic_ext s on s.stxrelid = c.oid join pg_namespace n on n.oid = s.stxnamespace order by s.stxname::text collate "C") s
union all
select * from (select 'comment on ' || case when d.objsubid = 0 then 'table ' || q else 'column ' || q || '.' || quote_ident(a.attname) end ||
       ' is ' || quote_literal(d.description)
       from c join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid
       left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid
       order by d.objsubid) s
union all
select * from (select 'comment on constraint ' || quote_ident(k.conname) || ' on ' || q || ' is ' || quote_literal(d.description)
       from c join pg_constraint k on k.conrelid = c.oid join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = k.oid
       order by k.conname::text collate "C") s
union all
select * from (select 'comment on index ' || quote_ident(r.relname) || ' is ' || quote_literal(d.description)
       from c join pg_index i on i.indrelid = c.oid join pg_class r on r.oid = i.indexrelid
       join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = r.oid
       order by r.relname::text collate "C") s
