create table if not exists _migc_run (
    id text primary key,
    migration text not null,
    spec_file text not null,
    spec_hash text not null,
    program text not null,
    sample integer,
    by_whom text not null,
    started text not null,
    finished text,
    state text not null check (state in ('running', 'done', 'failed', 'interrupted')),
    message text
);

create table if not exists _migc_phase (
    migration text not null,
    phase text not null,
    spec_hash text not null,
    sample integer,
    run text not null references _migc_run,
    started text not null,
    finished text not null,
    seconds real not null,
    rows_read integer not null,
    rows_rejected integer not null,
    rows_inserted integer not null,
    rows_merged integer not null,
    logged integer,
    primary key (migration, phase)
);

create table if not exists _migc_flow (
    migration text not null,
    phase text not null,
    flow_no integer not null,
    into_no integer not null,
    flow text not null,
    source text,
    target_table text,
    rows_read integer,
    rows_skipped integer,
    rows_rejected integer,
    rows_carried integer,
    emitted integer,
    inserted integer,
    updated integer,
    unchanged integer,
    merged integer,
    given_up integer,
    primary key (migration, phase, flow_no, into_no)
);

create table if not exists _migc_alias (
    migration text not null,
    phase text not null,
    alias text not null,
    hits integer not null,
    created integer not null,
    unknown integer not null,
    primary key (migration, phase, alias)
);

create table if not exists _migc_reject (
    run text not null,
    migration text not null,
    phase text not null,
    source text not null,
    file text not null,
    line integer not null,
    byte_offset integer not null,
    row_no integer not null,
    column_name text,
    spec text,
    rule text not null,
    reason text not null,
    value text,
    raw text
);

create table if not exists _migc_duplicate (
    run text not null,
    migration text not null,
    phase text not null,
    target_table text not null,
    action text not null,
    file text not null,
    line integer not null,
    row_no integer,
    kept_file text not null,
    kept_line integer not null
);

create table if not exists _migc_check (
    migration text not null,
    phase text not null,
    name text not null,
    run text not null,
    result text not null check (result in ('passed', 'warned')),
    detail text,
    primary key (migration, phase, name)
);
