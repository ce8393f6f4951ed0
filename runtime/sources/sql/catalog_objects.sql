-- $1: a schema. What it holds beside tables and sequences, in an order in which it can be made: when (before: before the tables, after: after the
-- load, reject: it cannot be carried), what it is, its name, the table that it belongs to or null, its SQL or why it cannot be carried.
with n as (select oid, nspname from pg_namespace where nspname = $1),
member as (select classid, objid from pg_depend where deptype = 'e'),
said as (select classoid, objoid, quote_literal(description) as text from pg_description where objsubid = 0)
select place, kind, name, of_table, body from (
    select 1 as step, e.oid::bigint as number, 'before' as place, 'extension' as kind, e.extname::text as name, null::text as of_table,
           case when x.nspname <> $1 and x.nspname <> 'pg_catalog' then 'create schema if not exists ' || quote_ident(x.nspname) || '; ' else '' end ||
           'create extension if not exists ' || quote_ident(e.extname) ||
           case when x.nspname <> $1 and x.nspname <> 'pg_catalog' then ' schema ' || quote_ident(x.nspname) else '' end as body
    from pg_extension e join pg_namespace x on x.oid = e.extnamespace where e.extname <> 'plpgsql'
    union all
    select 2, t.oid::bigint, case when t.typtype in ('e', 'd', 'c', 'r') then 'before' else 'reject' end, 'type', t.typname::text, null,
           case t.typtype
               when 'e' then 'create type ' || quote_ident(t.typname) || ' as enum (' || coalesce((select string_agg(quote_literal(v.enumlabel), ', '
                   order by v.enumsortorder) from pg_enum v where v.enumtypid = t.oid), '') || ')'
               when 'c' then 'create type ' || quote_ident(t.typname) || ' as (' || coalesce((select string_agg(quote_ident(a.attname) || ' ' ||
                   format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
                   from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), '') || ')'
               when 'r' then (select 'create type ' || quote_ident(t.typname) || ' as range (subtype = ' || format_type(r.rngsubtype, null) ||
                   ', multirange_type_name = ' || quote_ident((select m.typname from pg_type m where m.oid = r.rngmultitypid)) || ')'
                   from pg_range r where r.rngtypid = t.oid)
               when 'd' then 'create domain ' || quote_ident(t.typname) || ' as ' || format_type(t.typbasetype, t.typtypmod) ||
                   coalesce(' default ' || t.typdefault, '') || case when t.typnotnull then ' not null' else '' end ||
                   coalesce((select string_agg(' constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid, true), ''
                   order by k.conname::text collate "C") from pg_constraint k where k.contypid = t.oid), '')
               else 'its values are made by functions in C'
           end || coalesce('; comment on ' || case t.typtype when 'd' then 'domain ' else 'type ' end || quote_ident(t.typname) || ' is ' || s.text, '')
    from pg_type t join n on n.oid = t.typnamespace left join said s on s.classoid = 'pg_type'::regclass and s.objoid = t.oid
    where (t.typtype in ('e', 'd', 'r') or (t.typtype = 'b' and not exists (select from pg_type x where x.typarray = t.oid))
           or (t.typtype = 'c' and exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c')))
      and not exists (select from member m where m.classid = 'pg_type'::regclass and m.objid = t.oid)
    union all
    select 3, p.oid::bigint,
           case when p.prokind = 'a' or l.lanname in ('c', 'internal') then 'reject'
                when exists (select from unnest(p.proargtypes || p.prorettype) u(t) join pg_type y on y.oid = u.t
                             join pg_class c on c.oid = y.typrelid and c.relkind <> 'c') then 'after' else 'before' end,
           case p.prokind when 'a' then 'aggregate' when 'p' then 'procedure' else 'function' end,
           p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', null,
           case when p.prokind = 'a' then 'only its parts have a definition' when l.lanname in ('c', 'internal') then 'it is written in C'
                else 'set local check_function_bodies = off; ' || replace(regexp_replace(pg_get_functiondef(p.oid), '^CREATE OR REPLACE', 'create'),
                     ' ' || quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(', ' ' || quote_ident(p.proname) || '(') ||
                     coalesce('; comment on ' || case p.prokind when 'p' then 'procedure ' else 'function ' end || quote_ident(p.proname) || '(' ||
                              pg_get_function_identity_arguments(p.oid) || ') is ' || s.text, '') end
    from pg_proc p join n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    left join said s on s.classoid = 'pg_proc'::regclass and s.objoid = p.oid
    where not exists (select from member m where m.classid = 'pg_proc'::regclass and m.objid = p.oid)
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
    union all
    select 4, c.oid::bigint, case when exists (select from pg_rewrite r where r.ev_class = c.oid and r.rulename <> '_RETURN') then 'reject' else 'after' end,
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
           coalesce('; comment on ' || case c.relkind when 'v' then 'view ' else 'materialized view ' end || quote_ident(c.relname) || ' is ' || s.text, '') end
    from pg_class c join n on n.oid = c.relnamespace left join said s on s.classoid = 'pg_class'::regclass and s.objoid = c.oid
    where c.relkind in ('v', 'm') and not exists (select from member m where m.classid = 'pg_class'::regclass and m.objid = c.oid)
    union all
    select 5, t.oid::bigint, 'after', 'trigger', t.tgname::text, c.relname::text, pg_get_triggerdef(t.oid, true) ||
           case t.tgenabled when 'D' then '; alter table ' || quote_ident(c.relname) || ' disable trigger ' || quote_ident(t.tgname)
                            when 'R' then '; alter table ' || quote_ident(c.relname) || ' enable replica trigger ' || quote_ident(t.tgname)
                            when 'A' then '; alter table ' || quote_ident(c.relname) || ' enable always trigger ' || quote_ident(t.tgname) else '' end ||
           coalesce('; comment on trigger ' || quote_ident(t.tgname) || ' on ' || quote_ident(c.relname) || ' is ' || s.text, '')
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join n on n.oid = c.relnamespace
    left join said s on s.classoid = 'pg_trigger'::regclass and s.objoid = t.oid
    where not t.tgisinternal
    union all
    select 6, o.number, 'reject', o.kind, o.name, null, 'migc does not read such things' from (
        select o.oid::bigint as number, o.oid, 'pg_operator'::regclass as class, 'operator' as kind, o.oprname::text as name, o.oprnamespace as ns from pg_operator o
        union all select l.oid::bigint, l.oid, 'pg_collation'::regclass, 'collation', l.collname, l.collnamespace from pg_collation l
        union all select f.oid::bigint, f.oid, 'pg_ts_config'::regclass, 'text search configuration', f.cfgname, f.cfgnamespace from pg_ts_config f
        union all select d.oid::bigint, d.oid, 'pg_ts_dict'::regclass, 'text search dictionary', d.dictname, d.dictnamespace from pg_ts_dict d
        union all select x.oid::bigint, x.oid, 'pg_opclass'::regclass, 'operator class', x.opcname, x.opcnamespace from pg_opclass x
        union all select v.oid::bigint, v.oid, 'pg_conversion'::regclass, 'conversion', v.conname, v.connamespace from pg_conversion v
    ) o join n on n.oid = o.ns where not exists (select from member m where m.classid = o.class and m.objid = o.oid)
) x
order by step, number
