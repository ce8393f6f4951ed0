create table if not exists migc.run (
    id uuid primary key,
    migration text not null,
    spec_file text not null,
    spec_hash text not null,
    program text not null,
    sample bigint,
    by_whom text not null,
    started timestamptz not null,
    finished timestamptz,
    state text not null check (state in ('running', 'done', 'failed', 'interrupted')),
    message text
);

create table if not exists migc.phase (
    migration text not null,
    phase text not null,
    spec_hash text not null,
    sample bigint,
    run uuid not null references migc.run,
    started timestamptz not null,
    finished timestamptz not null,
    seconds double precision not null,
    rows_read bigint not null,
    rows_rejected bigint not null,
    rows_inserted bigint not null,
    rows_merged bigint not null,
    logged smallint,
    primary key (migration, phase)
);

create table if not exists migc.flow (
    migration text not null,
    phase text not null,
    flow_no integer not null,
    into_no integer not null,
    flow text not null,
    source text,
    target_table text,
    rows_read bigint,
    rows_skipped bigint,
    rows_rejected bigint,
    rows_carried bigint,
    emitted bigint,
    inserted bigint,
    updated bigint,
    unchanged bigint,
    merged bigint,
    given_up bigint,
    primary key (migration, phase, flow_no, into_no)
);

create table if not exists migc.alias (
    migration text not null,
    phase text not null,
    alias text not null,
    hits bigint not null,
    created bigint not null,
    unknown bigint not null,
    primary key (migration, phase, alias)
);

create table if not exists migc.reject (
    run text not null,
    migration text not null,
    phase text not null,
    source text not null,
    file text not null,
    line bigint not null,
    byte_offset bigint not null,
    row_no bigint not null,
    column_name text,
    spec text,
    rule text not null,
    reason text not null,
    value text,
    raw text
);

create table if not exists migc.duplicate (
    run text not null,
    migration text not null,
    phase text not null,
    target_table text not null,
    action text not null,
    file text not null,
    line bigint not null,
    row_no bigint,
    kept_file text not null,
    kept_line bigint not null
);

create table if not exists migc."check" (
    migration text not null,
    phase text not null,
    name text not null,
    run uuid not null,
    result text not null check (result in ('passed', 'warned')),
    detail text,
    primary key (migration, phase, name)
);
