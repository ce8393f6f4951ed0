# Data and test suites that other people have published; see ../shared/data/README.md for where they come from and what is right.

=== febrl: 1,000 people by their number are 550, all 450 pairs that are found are right; leading zeros stay, dates are told from what is none
--- needs ../shared/data/febrl/dataset1.csv
--- spec
migration febrl;
source s csv '.' {
    options (null '', trim on);
    table person file 'dataset1.csv' (
        rec_id text not null, given_name text, surname text, street_number text, address_1 text, address_2 text, suburb text, postcode text,
        state text, date_of_birth text, soc_sec_id text not null
    );
}
target app sqlite 'app.db' {
    table person (
        id integer primary key identity, given_name text, surname text, postcode char(4), born date, soc_sec_id char(7) not null unique
    );
    table record (rec_id text primary key, person_id integer not null references person);
}
dedup app.person by soc_sec_id;
from s.person as p {
    on error abort;
    into app.person { copy *; born = date(p.date_of_birth, 'YYYYMMDD') else null; }
    into app.record { rec_id = p.rec_id; person_id = app.person[s.person.rec_id = p.rec_id]; }
}
--- sh cp $ROOT/../shared/data/febrl/dataset1.csv .
--- run run
1,000 read
--- rows select count(*) from person
550
--- rows select members, true_pairs, count(*) from (select count(*) as members, count(*) - count(distinct replace(replace(rec_id, '-org', ''), '-dup-0', '')) as true_pairs from record group by person_id) as x group by members, true_pairs order by members
1|0|100
2|1|450
--- sh
python3 - <<'END'
import csv, datetime
rows = list(csv.DictReader(open('dataset1.csv', encoding='utf-8'), skipinitialspace=True))
first, born = {}, 0
for r in rows:
    first.setdefault(r['soc_sec_id'].strip(), r)
for r in first.values():
    try:
        born += bool(datetime.datetime.strptime(r['date_of_birth'].strip(), '%Y%m%d'))
    except ValueError:
        pass
print(born, sum(r['postcode'].startswith('0') for r in first.values()), sum(k.startswith('0') for k in first))
END
--- out
528 2 0
--- rows select count(born), sum(case when postcode like '0%' then 1 else 0 end), sum(case when soc_sec_id like '0%' then 1 else 0 end) from person
528|2|0

=== JSONTestSuite: what must be accepted is, what must be rejected is
--- needs ../shared/data/jsontestsuite/tests.tar.gz
--- spec
migration suite;
source s csv '.' { table t file 'suite.csv' (name text not null, hex text not null); }
target app sqlite 'app.db' { table doc (name text primary key, as_json json not null, as_jsonb jsonb); }
from s.t as t {
    on error reject;
    let v = convert_from(decode(t.hex, 'hex'), 'UTF8');
    into app.doc { name = t.name; as_json = json(v); as_jsonb = jsonb(v) else null; }
}
--- sh
python3 - <<'END'
import csv, os, tarfile
with tarfile.open(os.environ['ROOT'] + '/../shared/data/jsontestsuite/tests.tar.gz') as tar, open('suite.csv', 'w', newline='') as f:
    w = csv.writer(f)
    w.writerow(['name', 'hex'])
    for m in sorted((m for m in tar.getmembers() if m.isfile() and '/' in m.name), key=lambda m: m.name):
        w.writerow([m.name.split('/', 1)[1], tar.extractfile(m).read().hex()])
END
--- run run
--- rows select substr(name, 1, 2), count(*) from doc where substr(name, 2, 1) = '_' group by 1 order by 1
i_|21
y_|95
--- rows select name, as_json from doc where name in ('y_string_null_escape.json', 'i_string_1st_surrogate_but_2nd_missing.json') order by 1
i_string_1st_surrogate_but_2nd_missing.json|["\\uDADA"]
y_string_null_escape.json|["\\u0000"]
--- rows select name from doc where as_jsonb is null and substr(name, 1, 2) = 'y_' order by 1
y_object_escaped_null_in_key.json
y_string_null_escape.json

=== CaseFolding: every character and its full folding are one spelling for an alias with casefold
--- needs ../shared/data/unicode/CaseFolding.txt
--- spec
migration folding;
source s csv '.' { table t file 'folding.csv' (code text not null, c text not null, folded text not null); }
target app sqlite 'app.db' {
    table word (id integer primary key identity, v text not null unique);
    table n (code text primary key, folded integer not null references word, c integer not null references word, same boolean not null);
}
alias word { table app.word (v); match casefold; unknown create; }
from s.t as t { on error reject; into app.n { code = t.code; folded = word[t.folded]; c = word[t.c]; same = casefold(t.c) = t.folded; } }
--- sh
python3 - <<'END'
import csv, os
with open('folding.csv', 'w', newline='', encoding='utf-8') as f:
    w = csv.writer(f)
    w.writerow(['code', 'c', 'folded'])
    for line in open(os.environ['ROOT'] + '/../shared/data/unicode/CaseFolding.txt', encoding='utf-8'):
        code, status, mapping = (line.split('#')[0].split('; ') + ['', ''])[:3]
        if status in ('C', 'F'):
            w.writerow([code, chr(int(code, 16)), ''.join(chr(int(m, 16)) for m in mapping.strip('; \n').split())])
END
--- run run
--- rows select count(*), sum(case when c = folded then 1 else 0 end), sum(case when same then 1 else 0 end) from n
1530|1530|1530
