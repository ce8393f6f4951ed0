create table if not exists _migc_backup (
    migration text not null,
    phase text not null,
    system text not null,
    run text not null,
    file text not null,
    bytes integer not null,
    sha256 text not null,
    tables integer not null,
    tool text not null,
    at text not null,
    primary key (migration, phase, system)
);
