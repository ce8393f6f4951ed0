# The big list of naughty strings, through a column, an alias, a look-up, JSON and a list, and back, byte for byte.
=== naughty strings
--- needs ../shared/data/naughty-strings/blns.json
--- spec
migration naughty;
source s csv '.' { table t file 'blns.csv' (nr integer not null, v text not null); }
target app sqlite 'app.db' {
    table word (id integer primary key identity, v text not null unique);
    table n (nr integer primary key, v text not null, word_id integer references word, again integer, j jsonb not null, l text[] not null, back text not null);
}
alias word { table app.word (v); unknown create; }
from s.t as t {
    on error reject;
    into app.n {
        nr = t.nr; v = t.v; word_id = word[t.v]; again = app.word[v = nullif(t.v, '')];
        j = jsonb_object('v', t.v); l = list(t.v, t.v); back = json_get_text(jsonb_object('v', t.v), 'v');
    }
}
check 'back from JSON' after data: every app.n as n: n.v = n.back and element(n.l, 2) = n.v;
check 'words found' after data: every app.n as n: n.v = '' or n.word_id = n.again;
--- sh
python3 - <<'END'
import csv, json, os
values = json.load(open(os.environ['ROOT'] + '/../shared/data/naughty-strings/blns.json', encoding='utf-8'))
with open('blns.csv', 'w', newline='', encoding='utf-8') as f:
    w = csv.writer(f)
    w.writerow(['nr', 'v'])
    w.writerows([i, v] for i, v in enumerate(values, 1))
END
--- run run
--- md5 select nr, v from n
515 6e20e3782de5161771ba60fa2ffa79f6
--- md5 select nr, back from n
515 6e20e3782de5161771ba60fa2ffa79f6
--- md5 select id, v from word
510 9d77b1baf63baf65bbfa5669b9f2048e
--- rows select count(*) from _migc_reject
0
