create table if not exists migc.backup (
    migration text not null,
    phase text not null,
    system text not null,
    run uuid not null,
    file text not null,
    bytes bigint not null,
    sha256 text not null,
    tables bigint not null,
    tool text not null,
    at timestamptz not null,
    primary key (migration, phase, system)
);
