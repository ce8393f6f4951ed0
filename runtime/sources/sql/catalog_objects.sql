-- $1: a schema. What it holds beside tables and sequences, in an order in which it can be made: when (before: before the tables, after: after the
-- load, reject: it cannot be carried), what it is, its name, the table that it belongs to or null, its SQL or why it cannot be carried.
with recursive n as (select oid, nspname from pg_namespace where nspname = $1),
member as (select classid, objid from pg_depend where deptype = 'e'),
said as (select classoid, objoid, quote_literal(description) as text from pg_description where objsubid = 0),
said_of_columns as (select d.objoid, string_agg('; comment on column ' || quote_ident(c.relname) || '.' || quote_ident(a.attname) || ' is ' ||
                           quote_literal(d.description), '' order by a.attnum) as text
                    from pg_description d join pg_class c on c.oid = d.objoid join n on n.oid = c.relnamespace
                    join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid
                    where d.classoid = 'pg_class'::regclass and d.objsubid > 0 group by d.objoid),
collation_of as (select l.oid, ' collate ' || case when x.nspname = 'pg_catalog' then '' else quote_ident(x.nspname) || '.' end || quote_ident(l.collname) as text
                 from pg_collation l join pg_namespace x on x.oid = l.collnamespace),
-- What views and functions need: tables and views, by name or as a type, and functions.
needs(class, oid, on_class, on_oid) as (
    select distinct case when r.oid is null then d.classid else 'pg_class'::regclass end, coalesce(r.ev_class, d.objid),
           case when d.refclassid = 'pg_type'::regclass then 'pg_class'::regclass else d.refclassid end, coalesce(c.oid, d.refobjid)
    from pg_depend d
    left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
    left join pg_type y on d.refclassid = 'pg_type'::regclass and y.oid = d.refobjid
    left join pg_type e on e.oid = y.typelem and y.typcategory = 'A'
    left join pg_class c on c.oid = case d.refclassid when 'pg_class'::regclass then d.refobjid else coalesce(nullif(e.typrelid, 0), nullif(y.typrelid, 0)) end
    where d.classid in ('pg_rewrite'::regclass, 'pg_proc'::regclass) and (c.relkind <> 'c' or d.refclassid = 'pg_proc'::regclass)
      and coalesce(r.ev_class, d.objid) <> coalesce(c.oid, d.refobjid)
),
-- Functions that cannot be made before the tables.
late(oid) as (
    select oid from needs where class = 'pg_proc'::regclass and on_class = 'pg_class'::regclass
    union
    select d.oid from late join needs d on d.class = 'pg_proc'::regclass and d.on_class = 'pg_proc'::regclass and d.on_oid = late.oid
),
-- How many stand one upon the other below it; what needs itself at last ends somewhere.
height(class, oid, level) as (
    select class, oid, 1 from needs
    union
    select d.class, d.oid, h.level + 1 from height h join needs d on d.on_class = h.class and d.on_oid = h.oid where h.level < 100
)
select place, kind, name, of_table, body from (
    select 1 as step, e.oid::bigint as number, 'before' as place, 'extension' as kind, e.extname::text as name, null::text as of_table,
           case when x.nspname <> $1 and x.nspname <> 'pg_catalog' then 'create schema if not exists ' || quote_ident(x.nspname) || '; ' else '' end ||
           'create extension if not exists ' || quote_ident(e.extname) ||
           case when x.nspname <> $1 and x.nspname <> 'pg_catalog' then ' schema ' || quote_ident(x.nspname) else '' end as body
    from pg_extension e join pg_namespace x on x.oid = e.extnamespace where e.extname <> 'plpgsql'
    union all
    select 3, t.oid::bigint, case when t.typtype in ('e', 'd', 'c') or (t.typtype = 'r' and g.rngcanonical = 0) then 'before' else 'reject' end,
           'type', t.typname::text, null,
           case t.typtype
               when 'e' then 'create type ' || quote_ident(t.typname) || ' as enum (' || coalesce((select string_agg(quote_literal(v.enumlabel), ', '
                   order by v.enumsortorder) from pg_enum v where v.enumtypid = t.oid), '') || ')'
               when 'c' then 'create type ' || quote_ident(t.typname) || ' as (' || coalesce((select string_agg(quote_ident(a.attname) || ' ' ||
                   format_type(a.atttypid, a.atttypmod) || coalesce(l.text, ''), ', ' order by a.attnum)
                   from pg_attribute a join pg_type y on y.oid = a.atttypid left join collation_of l on l.oid = a.attcollation and l.oid <> y.typcollation
                   where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), '') || ')'
               when 'r' then case when g.rngcanonical <> 0 then 'its canonical form is made by a function in C' else
                   'create type ' || quote_ident(t.typname) || ' as range (subtype = ' || format_type(g.rngsubtype, null) ||
                   coalesce((select ', subtype_opclass = ' || case when x.nspname = 'pg_catalog' then '' else quote_ident(x.nspname) || '.' end || quote_ident(o.opcname)
                   from pg_opclass o join pg_namespace x on x.oid = o.opcnamespace where o.oid = g.rngsubopc and not o.opcdefault), '') ||
                   coalesce((select replace(l.text, ' collate ', ', collation = ') from collation_of l join pg_type y on y.oid = g.rngsubtype
                   where l.oid = g.rngcollation and l.oid <> y.typcollation), '') ||
                   case when g.rngsubdiff <> 0 then ', subtype_diff = ' || g.rngsubdiff else '' end ||
                   coalesce((select ', multirange_type_name = ' || quote_ident(m.typname) from pg_type m
                   where m.oid = (to_jsonb(g) ->> 'rngmultitypid')::oid), '') || ')' end -- PostgreSQL 12 and 13 have none
               when 'd' then 'create domain ' || quote_ident(t.typname) || ' as ' || format_type(t.typbasetype, t.typtypmod) ||
                   coalesce((select l.text from collation_of l join pg_type y on y.oid = t.typbasetype where l.oid = t.typcollation and l.oid <> y.typcollation), '') ||
                   coalesce(' default ' || pg_get_expr(t.typdefaultbin, 'pg_type'::regclass, true), '') || case when t.typnotnull then ' not null' else '' end ||
                   coalesce((select string_agg(' constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid, true), ''
                   order by k.conname::text collate "C") from pg_constraint k where k.contypid = t.oid and k.convalidated), '') ||
                   coalesce((select string_agg('; alter domain ' || quote_ident(t.typname) || ' add constraint ' || quote_ident(k.conname) || ' ' ||
                   pg_get_constraintdef(k.oid, true), '' order by k.conname::text collate "C") from pg_constraint k where k.contypid = t.oid and not k.convalidated), '') ||
                   coalesce((select string_agg('; comment on constraint ' || quote_ident(k.conname) || ' on domain ' || quote_ident(t.typname) || ' is ' || c.text, ''
                   order by k.conname::text collate "C") from pg_constraint k join said c on c.classoid = 'pg_constraint'::regclass and c.objoid = k.oid
                   where k.contypid = t.oid), '')
               else 'its values are made by functions in C'
           end || coalesce(w.text, '') || coalesce('; comment on ' || case t.typtype when 'd' then 'domain ' else 'type ' end || quote_ident(t.typname) || ' is ' || s.text, '')
    from pg_type t join n on n.oid = t.typnamespace left join said s on s.classoid = 'pg_type'::regclass and s.objoid = t.oid
    left join pg_range g on g.rngtypid = t.oid left join said_of_columns w on t.typtype = 'c' and w.objoid = t.typrelid
    where (t.typtype in ('e', 'd', 'r') or (t.typtype = 'b' and not exists (select from pg_type x where x.typarray = t.oid))
           or (t.typtype = 'c' and exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c')))
      and not exists (select from member m where m.classid = 'pg_type'::regclass and m.objid = t.oid)
    union all
    select case when exists (select from late where late.oid = p.oid) then 5 when exists (select from pg_range r where r.rngsubdiff = p.oid) then 2 else 4 end,
           p.oid::bigint,
           case when p.prokind = 'a' or l.lanname in ('c', 'internal') then 'reject'
                when exists (select from late where late.oid = p.oid) then 'after' else 'before' end,
           case p.prokind when 'a' then 'aggregate' when 'p' then 'procedure' else 'function' end,
           p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', null,
           case when p.prokind = 'a' then 'only its parts have a definition' when l.lanname in ('c', 'internal') then 'it is written in C'
                else 'set local check_function_bodies = off; ' || regexp_replace(overlay(f.body placing quote_ident(p.proname) from strpos(f.body, f.name)
                     for length(f.name)), '^CREATE OR REPLACE', 'create') || -- the first is its own name; the body is left as it is
                     coalesce('; comment on ' || case p.prokind when 'p' then 'procedure ' else 'function ' end || quote_ident(p.proname) || '(' ||
                              pg_get_function_identity_arguments(p.oid) || ') is ' || s.text, '') end
    from pg_proc p join n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    left join lateral (select quote_ident(n.nspname) || '.' || quote_ident(p.proname) as name,
                       case when p.prokind <> 'a' then pg_get_functiondef(p.oid) end as body) f on true
    left join said s on s.classoid = 'pg_proc'::regclass and s.objoid = p.oid
    where not exists (select from member m where m.classid = 'pg_proc'::regclass and m.objid = p.oid)
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
    union all
    select 5, c.oid::bigint, case when exists (select from pg_rewrite r where r.ev_class = c.oid and r.rulename <> '_RETURN') then 'reject' else 'after' end,
           case c.relkind when 'v' then 'view' else 'materialized view' end, c.relname::text, null,
           case when exists (select from pg_rewrite r where r.ev_class = c.oid and r.rulename <> '_RETURN') then 'it has rules' else
           'create ' || case c.relkind when 'v' then 'view ' else 'materialized view ' end || quote_ident(c.relname) || ' (' ||
           (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0) || ')' ||
           coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') || ' as' || E'\n' || rtrim(pg_get_viewdef(c.oid, true), ';') ||
           case when c.relkind = 'm' and not c.relispopulated then ' with no data' else '' end ||
           coalesce((select string_agg('; ' || pg_get_indexdef(i.indexrelid, 0, true), '' order by r.relname::text collate "C")
                     from pg_index i join pg_class r on r.oid = i.indexrelid where i.indrelid = c.oid), '') ||
           coalesce((select string_agg('; alter view ' || quote_ident(c.relname) || ' alter column ' || quote_ident(a.attname) || ' set default ' ||
                     pg_get_expr(d.adbin, d.adrelid, true), '' order by a.attnum)
                     from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = c.oid), '') ||
           coalesce('; comment on ' || case c.relkind when 'v' then 'view ' else 'materialized view ' end || quote_ident(c.relname) || ' is ' || s.text, '') || coalesce(w.text, '') end
    from pg_class c join n on n.oid = c.relnamespace left join said s on s.classoid = 'pg_class'::regclass and s.objoid = c.oid
    left join said_of_columns w on w.objoid = c.oid
    where c.relkind in ('v', 'm') and not exists (select from member m where m.classid = 'pg_class'::regclass and m.objid = c.oid)
    union all
    select 6, t.oid::bigint, 'after', 'trigger', t.tgname::text, c.relname::text, pg_get_triggerdef(t.oid, true) ||
           case t.tgenabled when 'D' then '; alter table ' || quote_ident(c.relname) || ' disable trigger ' || quote_ident(t.tgname)
                            when 'R' then '; alter table ' || quote_ident(c.relname) || ' enable replica trigger ' || quote_ident(t.tgname)
                            when 'A' then '; alter table ' || quote_ident(c.relname) || ' enable always trigger ' || quote_ident(t.tgname) else '' end ||
           coalesce('; comment on trigger ' || quote_ident(t.tgname) || ' on ' || quote_ident(c.relname) || ' is ' || s.text, '')
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join n on n.oid = c.relnamespace
    left join said s on s.classoid = 'pg_trigger'::regclass and s.objoid = t.oid
    where not t.tgisinternal
    union all
    select 6, c.oid::bigint, 'after', 'comment of sequence', c.relname::text, t.relname::text, 'comment on sequence ' || quote_ident(c.relname) || ' is ' || s.text
    from pg_class c join n on n.oid = c.relnamespace join said s on s.classoid = 'pg_class'::regclass and s.objoid = c.oid
    left join pg_depend o on o.classid = 'pg_class'::regclass and o.objid = c.oid and o.deptype in ('a', 'i') and o.refobjsubid > 0
    left join pg_class t on t.oid = o.refobjid
    where c.relkind = 'S' and not exists (select from member m where m.classid = 'pg_class'::regclass and m.objid = c.oid)
    union all
    select 7, o.number, 'reject', o.kind, o.name, null, 'migc does not read such things' from (
        select o.oid::bigint as number, o.oid, 'pg_operator'::regclass as class, 'operator' as kind, o.oprname::text as name, o.oprnamespace as ns from pg_operator o
        union all select l.oid::bigint, l.oid, 'pg_collation'::regclass, 'collation', l.collname, l.collnamespace from pg_collation l
        union all select f.oid::bigint, f.oid, 'pg_ts_config'::regclass, 'text search configuration', f.cfgname, f.cfgnamespace from pg_ts_config f
        union all select d.oid::bigint, d.oid, 'pg_ts_dict'::regclass, 'text search dictionary', d.dictname, d.dictnamespace from pg_ts_dict d
        union all select x.oid::bigint, x.oid, 'pg_opclass'::regclass, 'operator class', x.opcname, x.opcnamespace from pg_opclass x
        union all select v.oid::bigint, v.oid, 'pg_conversion'::regclass, 'conversion', v.conname, v.connamespace from pg_conversion v
    ) o join n on n.oid = o.ns where not exists (select from member m where m.classid = o.class and m.objid = o.oid)
) x
order by step, case when step = 5 then (select max(level) from height h where h.oid = number::oid and
    h.class = case when kind in ('view', 'materialized view') then 'pg_class'::regclass else 'pg_proc'::regclass end) end nulls first,
    kind not in ('function', 'procedure'), number
