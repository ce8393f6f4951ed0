create table if not exists _migc_chunk (
    migration text not null,
    phase text not null,
    chunk_no integer not null,
    spec_hash text not null,
    sample integer,
    run text not null references _migc_run,
    finished text not null,
    rows_read integer not null,
    rows_rejected integer not null,
    rows_inserted integer not null,
    rows_merged integer not null,
    step_no integer not null,
    position text,
    state text not null,
    primary key (migration, phase, chunk_no)
);

create table if not exists _migc_place (
    migration text not null,
    phase text not null,
    row_key text not null,
    file text not null,
    line integer not null
);
