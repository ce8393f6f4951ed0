=== values of every type and family of functions come out the same on both engines
--- spec
migration values_of_all_kinds;
source s csv '.' {
  options (null '');
  table t file 't.csv' (
    id integer not null, name text, d text, price numeric(10,2), flag boolean, "when" timestamp, tags text[], code char(4)
  );
}
target o sqlite 'out.db' {
  table r (
    id integer primary key, name varchar(20), folded text, d date, label text, price numeric(12,2), half numeric, flag boolean,
    at timestamptz, y integer, j jsonb, words text[], tags text[], u uuid, h text, code char(5), first text, k integer,
    hash bytea, place text, d2 double, pos time
  );
}
from s.t as t {
  on error reject;
  let n = squeeze(t.name);
  reject 'no name' when n is null or not matches(n, '^\w');
  into o.r {
    id = t.id;
    name = initcap(n);
    folded = casefold(unaccent(n));
    d = date(t.d, 'DD.MM.YYYY', 'FMMonth FMDD, YYYY') else null;
    label = to_char(date(t.d, 'DD.MM.YYYY', 'FMMonth FMDD, YYYY'), 'Dy FMDD Mon YYYY') else 'none';
    price = t.price * 2;
    half = round(t.price / 3, 4);
    flag = coalesce(t.flag, false);
    at = t."when" at zone 'Europe/Berlin' else null;
    y = extract(year from t."when");
    j = jsonb_object('name', n, 'price', t.price, 'tags', split(n, ' '), 'x', null);
    words = items(n, ' ');
    tags = compact(t.tags);
    u = uuid5(uuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8'), n);
    h = md5(n);
    code = coalesce(t.code, left(n, 3));
    first = element(split(n, ' '), 1) || '/' || substr(n, 2, 3);
    k = greatest(length(n), strpos(n, 'e'), 3);
    hash = decode(left(md5(n), 8), 'hex');
    place = source_file() || ':' || text(source_line()) || ' ' || lpad(text(row_number()), 3, '0');
    d2 = double(t.price) / 3;
    pos = time(t."when");
  }
}
--- file t.csv
id,name,d,price,flag,when,tags,code
1,  Crème   Brûlée ,24.12.2021,10.50,yes,2024-07-01 12:00:00,"{a,""b c"","""",NULL}",ab
2,the wire,"March 5, 2002",3,f,2024-03-31 02:30:00.5,{},
3,,01.01.2020,1,t,,,
4,Dark,31.02.2020,,,2024-01-01 00:00,"[""x""]",xy  
5,Bad,1.1.2020,1.234,t,,,
6,!x,,,,,,
7,Worse,,,maybe,,,
8,Longer,,,,,,abcde
--- run run
5 rows were rejected
--- rows select * from r order by id
1|Crème Brûlée|creme brulee|2021-12-24|Fri 24 Dec 2021|21.00|3.5000|1|2024-07-01 10:00:00+00:00|2024|{"x": null, "name": "Crème Brûlée", "tags": ["Crème", "Brûlée"], "price": 10.50}|["Crème","Brûlée"]|["a","b c"]|04b098cc-21a3-50c1-927f-7a6d504f9974|19ce82ea8a65de7da5b20630fa0dc999|ab|Crème/rèm|12|\\x19ce82ea|t.csv:2 001|3.5|12:00:00
2|The Wire|the wire|2002-03-05|Tue 5 Mar 2002|6.00|1.0000|0|\N|2024|{"x": null, "name": "the wire", "tags": ["the", "wire"], "price": 3.00}|["the","wire"]|[]|90a9eacf-2075-5440-8246-45185600a544|c98b55f07dd213af19274bdae77b66b9|the|the/he |8|\\xc98b55f0|t.csv:3 002|1|02:30:00.5
4|Dark|dark|\N|none|\N|\N|0|2023-12-31 23:00:00+00:00|2024|{"x": null, "name": "Dark", "tags": ["Dark"], "price": null}|["Dark"]|["x"]|72184b64-7431-5e10-b5ae-619fa357b98b|a18366b217ebf811ad1886e4f4f865b2|xy|Dark/ark|4|\\xa18366b2|t.csv:5 004|\N|00:00:00

=== a null gives null, also where the argument may be left out
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id integer not null, a text, n integer); }
target app sqlite 'app.db' {
    table r (id integer primary key, a text, b text, c text, d text, e text, f text, g text, h text);
}
from s.t as t {
    on error reject;
    into app.r {
        id = t.id;
        a = trim('xyx', t.a);
        b = ltrim(' y ', t.a);
        c = rtrim(' y ', lower(t.a));
        d = substr('alphabet', 3, t.n);
        e = substring('alphabet', 3, t.n + 1);
        f = lpad('y', 3, t.a);
        g = rpad('y', 3, t.a) || '!';
        h = coalesce(regex_extract('ab', '(a)(b)', t.n), 'none');
    }
}
--- file t.csv
id,a,n
1,x,2
2,,
--- run run
--- rows select * from r order by id
1|y| y | y |ph|pha|xxy|yxx!|b
2|\N|\N|\N|\N|\N|\N|\N|none

=== jsonb has its numbers written out, also those that were floats
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id integer not null, d double, r real); }
target app sqlite 'app.db' { table p (id integer primary key, j jsonb, k jsonb, same boolean); }
from s.t as t { on error reject; into app.p { id = t.id; j = to_jsonb(t.d); k = jsonb_array(t.d, t.r); same = to_jsonb(t.d) = jsonb(to_json(t.d)); } }
--- file t.csv
id,d,r
1,1e15,16777216
2,-1.5e-7,1e-10
3,0.5,2
4,,
--- run run
--- rows select id, j, k, same from p order by id
1|1000000000000000|[1000000000000000, 16777216]|1
2|-0.00000015|[-0.00000015, 0.0000000001]|1
3|0.5|[0.5, 2]|1
4|\N|[null, null]|\N

=== the end of the last day is in no year
--- spec
migration m;
source s csv '.' { table t file 't.csv' (d date, c time); }
target app sqlite 'app.db' { table p (ts timestamp not null); }
from s.t as t { on error reject; into app.p { ts = timestamp(t.d, t.c); } }
--- file t.csv
d,c
9999-12-31,23:59:59
9999-12-31,24:00
9999-12-30,24:00
--- run run
--- rows select ts from p order by ts
9999-12-31 00:00:00
9999-12-31 23:59:59
--- rows select line, column_name, rule, reason from _migc_reject
3|d|range|9999-12-31 24:00 is outside the years 1 to 9999
