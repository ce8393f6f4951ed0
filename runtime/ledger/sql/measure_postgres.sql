create table if not exists migc.measure (
    migration text not null,
    name text not null,
    phase text not null,
    run uuid not null,
    at timestamptz not null,
    rounds integer not null,
    before_ms double precision,
    before_least_ms double precision,
    before_rows bigint,
    after_ms double precision,
    after_least_ms double precision,
    after_rows bigint,
    verdict text not null check (verdict in ('kept', 'held', 'open', 'warned', 'failed')),
    expected text,
    detail text,
    logged smallint,
    primary key (migration, name)
);
