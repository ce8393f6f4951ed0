# migc fmt: the canonical layout.

=== the whole language
--- spec
migration sheets_to_django;                -- one per program
source sheets csv env 'SHEETS_DIR' default 'data/sheets' {      -- any location
  options (null '', 'N/A', trim on, encoding utf8);              -- also
  table network_list file 'network_list.csv' (canonical_name text not null, aliases text);
  table shows        file 'shows*.csv'       (shows text not null, network text, studio text, genres text,
                                              "Premiere Date" text);          -- several
}
target app postgres env 'DATABASE_URL' {                         -- or sqlite
  table shows_network (
    id         bigint primary key identity,
    name       varchar(100) not null unique,
    active     boolean not null default true
  );
  table shows_show (
    id         bigint primary key identity,
    title      varchar(200) not null,
    network_id bigint references shows_network on delete restrict,
    status     text check (status in ('airing', 'ended')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (title, network_id),
    constraint fk foreign key (a, b) references t (c, d) on update set null
  ) index (title), index show_net_idx (network_id, title desc);
  existing table auth_group (id integer not null, name varchar(150) not null);   -- owned
  CREATE TABLE IF NOT EXISTS x (ID SERIAL PRIMARY KEY, at TIMESTAMP WITH TIME ZONE, "End" text[]);
}
alias network {
  table   app.shows_network (name);                  -- canonical rows; network[expr] is the primary key of one of them
  names   app.network_aliases (alias, network_id);   -- optional: the synonyms are kept in the target too
  match   trim, squeeze, casefold;                   -- how two spellings are equal; also nfkc, unaccent
  from    sheets.network_list as n: n.canonical_name also split(n.aliases, ',');
  value 'x' also 'y', 'z';
  unknown create { active = true; };                 -- or: reject, null, use 'Other'
}                                                    -- one synonym
dedup app.accounts_user by casefold(trim(email)) {
  keep first by date_joined;                         -- first
  duplicate rewrite { email = username || '@example.invalid'; };
}
dedup app.sessions_session by (client_id, session_date, trainer_id) {
  keep last by updated_at;
  duplicate merge { notes = join('; '); fee = max; copies = count; };          -- per column
}
phase schema  { create app.*; }                      -- tables
phase lookups after schema { load network, studio, genre; }
phase data    after lookups reject limit 1% {
  from sheets.shows as s {
    on error reject;                                 -- the default
    let title = squeeze(trim(s.shows));
    skip   when title is null;
    reject 'title too long' when length(title) > 200;

    into app.shows_show {
      title      = title;
      network_id = network[s.network];
      premiere   = date(s."Premiere Date", 'YYYY-MM-DD', 'MM/DD/YYYY') else null;   -- said here
      created_at = now();
    }
    into app.show_genres each g at position in items(s.genres, ',') {                -- list
      show_id  = app.shows_show[title = title];                                        -- drops
      genre_id = genre[g] else skip;
    }
    into app.project_meta when s.syllabus is not null { copy *; }                          -- one
  }
  from legacy.sessions as s          { into app.sessions_session { copy * except trainer_id;                        -- same-named columns
      trainer_id = coalesce(app.accounts_user[legacy.trainers.id = s.trainer_id],      -- the row that came FROM that source row
                            app.accounts_user[legacy.trainers.id = legacy.clients[id = s.client_id].trainer_id]); } }
}
phase cleanup after data manual { sql app $$ drop table old_project $$; }
check 'emails are unique'  before data: unique(legacy.trainers, casefold(email)) else warn;
check 'every show arrived' after data:  count(app.shows_show) = count(sheets.shows) - rejected(sheets.shows) - merged(app.shows_show);
check 'scores in range'    after data:  every app.assessment as a: a.score between 0 and 100;
check 'no orphan'          after data:  refers(app.shows_show.network_id, app.shows_network.id);
check 'server agrees'      after data:  sql app $$ select count(*) = 0 from shows_show where title = '' $$;
define f(x text, y numeric(10,2)) text = case when x like 'a%' then -y * 2 + 1 else extract(year from z) end || 'x' at time zone 'UTC';
from a.b into c.d;
from a.b as x into c.d when x.y > 1 { copy *; }
--- fmt
migration sheets_to_django;                                 -- one per program
source sheets csv env 'SHEETS_DIR' default 'data/sheets' {  -- any location
    options (null '', 'N/A', trim on, encoding utf8);       -- also
    table network_list file 'network_list.csv' (canonical_name text not null, aliases text);
    table shows file 'shows*.csv' (
        shows           text not null,
        network         text,
        studio          text,
        genres          text,
        "Premiere Date" text
    );  -- several
}
target app postgres env 'DATABASE_URL' {  -- or sqlite
    table shows_network (
        id     bigint primary key identity,
        name   varchar(100) not null unique,
        active boolean not null default true
    );
    table shows_show (
        id         bigint primary key identity,
        title      varchar(200) not null,
        network_id bigint references shows_network on delete restrict,
        status     text check (status in ('airing', 'ended')),
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique (title, network_id),
        constraint fk foreign key (a, b) references t (c, d) on update set null
    ) index (title), index show_net_idx (network_id, title desc);
    existing table auth_group (id integer not null, name varchar(150) not null);  -- owned
    create table if not exists x (ID serial primary key, at timestamp with time zone, "End" text[]);
}
alias network {
    table app.shows_network (name);                 -- canonical rows; network[expr] is the primary key of one of them
    names app.network_aliases (alias, network_id);  -- optional: the synonyms are kept in the target too
    match trim, squeeze, casefold;                  -- how two spellings are equal; also nfkc, unaccent
    from sheets.network_list as n: n.canonical_name also split(n.aliases, ',');
    value 'x' also 'y', 'z';
    unknown create { active = true; };  -- or: reject, null, use 'Other'
}                                       -- one synonym
dedup app.accounts_user by casefold(trim(email)) {
    keep first by date_joined;  -- first
    duplicate rewrite { email = username || '@example.invalid'; };
}
dedup app.sessions_session by (client_id, session_date, trainer_id) {
    keep last by updated_at;
    duplicate merge { notes = join('; '); fee = max; copies = count; };  -- per column
}
phase schema { create app.*; }  -- tables
phase lookups after schema { load network, studio, genre; }
phase data after lookups reject limit 1% {
    from sheets.shows as s {
        on error reject;  -- the default
        let title = squeeze(trim(s.shows));
        skip when title is null;
        reject 'title too long' when length(title) > 200;

        into app.shows_show {
            title      = title;
            network_id = network[s.network];
            premiere   = date(s."Premiere Date", 'YYYY-MM-DD', 'MM/DD/YYYY') else null;  -- said here
            created_at = now();
        }
        into app.show_genres each g at position in items(s.genres, ',') {  -- list
            show_id  = app.shows_show[title = title];                      -- drops
            genre_id = genre[g] else skip;
        }
        into app.project_meta when s.syllabus is not null { copy *; }  -- one
    }
    from legacy.sessions as s {
        into app.sessions_session {
            copy * except trainer_id;  -- same-named columns
            trainer_id = coalesce(app.accounts_user[legacy.trainers.id = s.trainer_id],  -- the row that came FROM that source row
                app.accounts_user[legacy.trainers.id = legacy.clients[id = s.client_id].trainer_id]);
        }
    }
}
phase cleanup after data manual { sql app $$ drop table old_project $$; }
check 'emails are unique' before data: unique(legacy.trainers, casefold(email)) else warn;
check 'every show arrived' after data: count(app.shows_show) = count(sheets.shows) - rejected(sheets.shows) - merged(app.shows_show);
check 'scores in range' after data: every app.assessment as a: a.score between 0 and 100;
check 'no orphan' after data: refers(app.shows_show.network_id, app.shows_network.id);
check 'server agrees' after data: sql app $$ select count(*) = 0 from shows_show where title = '' $$;
define f(x text, y numeric(10,2)) text = case when x like 'a%' then -y * 2 + 1 else extract(year from z) end || 'x' at time zone 'UTC';
from a.b into c.d;
from a.b as x into c.d when x.y > 1 { copy *; }

=== the same on as few lines as can be
--- spec
migration sheets_to_django; source sheets csv env 'SHEETS_DIR' default 'data/sheets' { options (null '', 'N/A', trim on, encoding utf8); table network_list file 'network_list.csv' (canonical_name text not null, aliases text); table shows        file 'shows*.csv'       (shows text not null, network text, studio text, genres text, "Premiere Date" text); } target app postgres env 'DATABASE_URL' { table shows_network ( id         bigint primary key identity, name       varchar(100) not null unique, active     boolean not null default true ); table shows_show ( id         bigint primary key identity, title      varchar(200) not null, network_id bigint references shows_network on delete restrict, status     text check (status in ('airing', 'ended')), created_at timestamptz not null default now(), updated_at timestamptz not null default now(), unique (title, network_id), constraint fk foreign key (a, b) references t (c, d) on update set null ) index (title), index show_net_idx (network_id, title desc); existing table auth_group (id integer not null, name varchar(150) not null); CREATE TABLE IF NOT EXISTS x (ID SERIAL PRIMARY KEY, at TIMESTAMP WITH TIME ZONE, "End" text[]); } alias network { table   app.shows_network (name); names   app.network_aliases (alias, network_id); match   trim, squeeze, casefold; from    sheets.network_list as n: n.canonical_name also split(n.aliases, ','); value 'x' also 'y', 'z'; unknown create { active = true; }; } dedup app.accounts_user by casefold(trim(email)) { keep first by date_joined; duplicate rewrite { email = username || '@example.invalid'; }; } dedup app.sessions_session by (client_id, session_date, trainer_id) { keep last by updated_at; duplicate merge { notes = join('; '); fee = max; copies = count; }; } phase schema  { create app.*; } phase lookups after schema { load network, studio, genre; } phase data    after lookups reject limit 1% { from sheets.shows as s { on error reject; let title = squeeze(trim(s.shows)); skip   when title is null; reject 'title too long' when length(title) > 200;  into app.shows_show { title      = title; network_id = network[s.network]; premiere   = date(s."Premiere Date", 'YYYY-MM-DD', 'MM/DD/YYYY') else null; created_at = now(); } into app.show_genres each g at position in items(s.genres, ',') { show_id  = app.shows_show[title = title]; genre_id = genre[g] else skip; } into app.project_meta when s.syllabus is not null { copy *; } } from legacy.sessions as s          { into app.sessions_session { copy * except trainer_id; trainer_id = coalesce(app.accounts_user[legacy.trainers.id = s.trainer_id], app.accounts_user[legacy.trainers.id = legacy.clients[id = s.client_id].trainer_id]); } } } phase cleanup after data manual { sql app $$ drop table old_project $$; } check 'emails are unique'  before data: unique(legacy.trainers, casefold(email)) else warn; check 'every show arrived' after data:  count(app.shows_show) = count(sheets.shows) - rejected(sheets.shows) - merged(app.shows_show); check 'scores in range'    after data:  every app.assessment as a: a.score between 0 and 100; check 'no orphan'          after data:  refers(app.shows_show.network_id, app.shows_network.id); check 'server agrees'      after data:  sql app $$ select count(*) = 0 from shows_show where title = '' $$; define f(x text, y numeric(10,2)) text = case when x like 'a%' then -y * 2 + 1 else extract(year from z) end || 'x' at time zone 'UTC'; from a.b into c.d; from a.b as x into c.d when x.y > 1 { copy *; } 
--- fmt
migration sheets_to_django;
source sheets csv env 'SHEETS_DIR' default 'data/sheets' {
    options (null '', 'N/A', trim on, encoding utf8);
    table network_list file 'network_list.csv' (canonical_name text not null, aliases text);
    table shows file 'shows*.csv' (shows text not null, network text, studio text, genres text, "Premiere Date" text);
}
target app postgres env 'DATABASE_URL' {
    table shows_network (
        id     bigint primary key identity,
        name   varchar(100) not null unique,
        active boolean not null default true
    );
    table shows_show (
        id         bigint primary key identity,
        title      varchar(200) not null,
        network_id bigint references shows_network on delete restrict,
        status     text check (status in ('airing', 'ended')),
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique (title, network_id),
        constraint fk foreign key (a, b) references t (c, d) on update set null
    ) index (title), index show_net_idx (network_id, title desc);
    existing table auth_group (id integer not null, name varchar(150) not null);
    create table if not exists x (ID serial primary key, at timestamp with time zone, "End" text[]);
}
alias network {
    table app.shows_network (name);
    names app.network_aliases (alias, network_id);
    match trim, squeeze, casefold;
    from sheets.network_list as n: n.canonical_name also split(n.aliases, ',');
    value 'x' also 'y', 'z';
    unknown create { active = true; };
}
dedup app.accounts_user by casefold(trim(email)) {
    keep first by date_joined;
    duplicate rewrite { email = username || '@example.invalid'; };
}
dedup app.sessions_session by (client_id, session_date, trainer_id) {
    keep last by updated_at;
    duplicate merge { notes = join('; '); fee = max; copies = count; };
}
phase schema { create app.*; }
phase lookups after schema { load network, studio, genre; }
phase data after lookups reject limit 1% {
    from sheets.shows as s {
        on error reject;
        let title = squeeze(trim(s.shows));
        skip when title is null;
        reject 'title too long' when length(title) > 200;
        into app.shows_show {
            title      = title;
            network_id = network[s.network];
            premiere   = date(s."Premiere Date", 'YYYY-MM-DD', 'MM/DD/YYYY') else null;
            created_at = now();
        }
        into app.show_genres each g at position in items(s.genres, ',') {
            show_id  = app.shows_show[title = title];
            genre_id = genre[g] else skip;
        }
        into app.project_meta when s.syllabus is not null { copy *; }
    }
    from legacy.sessions as s {
        into app.sessions_session {
            copy * except trainer_id;
            trainer_id = coalesce(app.accounts_user[legacy.trainers.id = s.trainer_id], app.accounts_user[legacy.trainers.id = legacy.clients[id = s.client_id].trainer_id]);
        }
    }
}
phase cleanup after data manual { sql app $$ drop table old_project $$; }
check 'emails are unique' before data: unique(legacy.trainers, casefold(email)) else warn;
check 'every show arrived' after data: count(app.shows_show) = count(sheets.shows) - rejected(sheets.shows) - merged(app.shows_show);
check 'scores in range' after data: every app.assessment as a: a.score between 0 and 100;
check 'no orphan' after data: refers(app.shows_show.network_id, app.shows_network.id);
check 'server agrees' after data: sql app $$ select count(*) = 0 from shows_show where title = '' $$;
define f(x text, y numeric(10,2)) text = case when x like 'a%' then -y * 2 + 1 else extract(year from z) end || 'x' at time zone 'UTC';
from a.b into c.d;
from a.b as x into c.d when x.y > 1 { copy *; }

=== statements and blocks
--- spec
migration   m ;source s csv 'x'{options(trim on);table a file 'f'(x text,y int not null);}


phase p{create app.*;}phase q after p{load a,b;

load c;

}
from a.b as x{on error skip;into c.d{a=1;long_name=2;

b=-a+ - b*(-1);}into c.e;}
--- fmt
migration m;
source s csv 'x' { options (trim on); table a file 'f' (x text, y int not null); }

phase p { create app.*; }
phase q after p {
    load a, b;

    load c;
}
from a.b as x {
    on error skip;
    into c.d {
        a         = 1;
        long_name = 2;

        b = -a + -b * (-1);
    }
    into c.e;
}

=== comments stay where they are
--- spec
-- head

-- second


/* block
     kept as it is */
migration m; -- behind
source s csv 'x' { -- behind a brace
-- own line
table a file 'f' ( -- behind a parenthesis
x text, -- one
-- between
yy int /* inside */ not null -- two
); -- three
-- last
} -- end
from a.b as x { /* start */ let a = 1; /* next */ let b = /* in */ 2 -- why
; }
/* one */ from a.b into c.d; -- two
--- fmt
-- head

-- second

/* block
     kept as it is */
migration m;        -- behind
source s csv 'x' {  -- behind a brace
    -- own line
    table a file 'f' (  -- behind a parenthesis
        x  text,        -- one
        -- between
        yy int /* inside */ not null  -- two
    );                                -- three
    -- last
}  -- end
from a.b as x {
    /* start */ let a = 1;
    /* next */ let b = /* in */ 2  -- why
        ;
}
/* one */ from a.b into c.d;  -- two

=== line breaks of the user stay, normalised
--- spec
from a.b as x {
let t = coalesce(
x.a,
      trim(x.b
|| 'z')
) else
null;
into c.d
when x.a is null
{ a = case
when x.b then 1
else 2 end; }
}
check 'x' after y:
count(a.b) =
   count(c.d);
--- fmt
from a.b as x {
    let t = coalesce(
        x.a,
        trim(x.b
            || 'z')
    ) else
        null;
    into c.d
        when x.a is null {
            a = case
                when x.b then 1
                else 2 end;
        }
}
check 'x' after y:
    count(a.b) =
    count(c.d);

=== tables
--- spec
target t sqlite 'x' { existing table a(id int, b text); table a_long_name (id bigint primary key generated always as identity, name varchar(100) not null, c text);
table b (id bigint,
name varchar ( 100 ) not null default 'x', amount numeric ( 10 , 2 ),
"Straße" text, constraint c check(id>0), unique(id,name), foreign key(name)references a(b)on delete cascade)index(name),unique index i using btree(id desc);
}
--- fmt
target t sqlite 'x' {
    existing table a (id int, b text);
    table a_long_name (id bigint primary key generated always as identity, name varchar(100) not null, c text);
    table b (
        id       bigint,
        name     varchar(100) not null default 'x',
        amount   numeric(10,2),
        "Straße" text,
        constraint c check (id > 0),
        unique (id, name),
        foreign key (name) references a (b) on delete cascade
    ) index (name), unique index i using btree (id desc);
}

=== words of the language in lower case, names as they are
--- spec
TARGET T SQLITE 'x' { CREATE TABLE IF NOT EXISTS Users (ID SERIAL PRIMARY KEY, Name CHARACTER VARYING(10) NOT NULL, AT TIMESTAMP WITH TIME ZONE); }
FROM A.B AS X { INTO C.D { End = X.End; Y = CASE WHEN X.A IS NOT NULL THEN Now() ELSE NULL END ELSE SKIP; } }
--- fmt
target T SQLITE 'x' {
    create table if not exists Users (
        ID   serial primary key,
        Name character varying(10) not null,
        AT   timestamp with time zone
    );
}
from A.B as X {
    into C.D { End = X.End; Y = case when X.A is not null then Now() else null end else SKIP; }
}

=== texts and SQL are left alone
--- spec
phase p { sql app $$
  select   1;
	-- not a comment
$$; }
from a.b into c.d { x = 'two
   lines'; y   = "a  b"; }
--- fmt
phase p {
    sql app $$
  select   1;
	-- not a comment
$$;
}
from a.b into c.d {
    x = 'two
   lines';
    y = "a  b";
}
