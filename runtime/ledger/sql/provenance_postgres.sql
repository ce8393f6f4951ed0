create table migc.provenance (
    run text not null,
    migration text not null,
    phase text not null,
    source text not null,
    source_columns text not null,
    source_key text not null,
    target_table text not null,
    target_key text not null
);
