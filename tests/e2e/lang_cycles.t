# References of a table to itself and of tables to each other: look-ups that are answered in a second step.

=== a row may come before the row that it looks up in its own table
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (number text not null, name text not null, boss text); }
target app sqlite 'app.db' {
    table employee (
        id      bigint primary key identity,
        number  varchar(10) not null unique,
        name    text not null,
        boss_id bigint references employee
    );
}
from s.staff as s {
    on error reject;
    into app.employee {
        number  = s.number;
        name    = s.name;
        boss_id = app.employee[number = s.boss];
    }
}
--- file staff.csv
number,name,boss
e5,Eve,e3
e4,Dan,e2
e3,Cid,e1
e2,Bob,e1
e1,Ann,
e6,Flo,e6
--- run run
/6 rows? inserted/
--- rows select e.id, e.name, b.name from employee e left join employee b on b.id = e.boss_id order by e.id
1|Eve|Cid
2|Dan|Bob
3|Cid|Ann
4|Bob|Ann
5|Ann|\N
6|Flo|Flo
--- run run
nothing to do
