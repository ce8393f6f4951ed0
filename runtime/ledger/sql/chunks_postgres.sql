create table if not exists migc.chunk (
    migration text not null,
    phase text not null,
    chunk_no bigint not null,
    spec_hash text not null,
    sample bigint,
    run uuid not null references migc.run,
    finished timestamptz not null,
    rows_read bigint not null,
    rows_rejected bigint not null,
    rows_inserted bigint not null,
    rows_merged bigint not null,
    step_no integer not null,
    position text,
    state text not null,
    primary key (migration, phase, chunk_no)
);

create table if not exists migc.place (
    migration text not null,
    phase text not null,
    row_key text not null,
    file text not null,
    line bigint not null
);
