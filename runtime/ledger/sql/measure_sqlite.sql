create table if not exists _migc_measure (
    migration text not null,
    name text not null,
    phase text not null,
    run text not null,
    at text not null,
    rounds integer not null,
    before_ms real,
    before_least_ms real,
    before_rows integer,
    after_ms real,
    after_least_ms real,
    after_rows integer,
    verdict text not null check (verdict in ('kept', 'held', 'open', 'warned', 'failed')),
    expected text,
    detail text,
    logged integer,
    primary key (migration, name)
);
