# Functions and definitions: names, arguments, constants that steer them.

=== a misspelt function
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = uper(p.id);
    }
}
--- diag
spec:9:16: error: unknown function "uper"
hint: Did you mean "upper"?

=== an unknown function
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = frobnicate(p.id);
    }
}
--- diag
spec:9:16: error: unknown function "frobnicate"
hint: `migc --list-functions` lists them all.

=== a wrong type
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = trim(length(p.id)); note = upper(now());
    }
}
--- diag
spec:9:16: error: "trim" cannot take (integer)
hint: It is called trim(text, [text]).
hint: Write text(length(p.id)).
spec:9:43: error: "upper" cannot take (timestamptz)
hint: It is called upper(text).
hint: Write text(now()).

=== too many, too few
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = upper(p.id, p.name); note = replace(p.note); email = split_part();
    }
}
--- diag
spec:9:16: error: "upper" cannot take (text, text)
hint: It is called upper(text).
spec:9:44: error: "replace" cannot take (text)
hint: It is called replace(text, text, text).
spec:9:69: error: "split_part" needs something in its parentheses
hint: It is called split_part(text, text, bigint).

=== a form with the wrong number
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = nullif(p.id); note = coalesce();
    }
}
--- diag
spec:9:16: error: nullif takes two values, and here is 1
spec:9:37: error: coalesce takes one value or more, and here are 0

=== an alias called like a function
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text);
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
alias country { table app.country (name); value 'Germany'; }
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = country(p.note);
    }
}
--- diag
spec:11:28: error: unknown function "country"
hint: "country" is an alias: it is looked up with brackets, country[…].

=== a format that is none
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; born = date(p.born, 'DD/QQ/YYYY'); note = to_char(now(), 'YYYY "unclosed');
    }
}
--- diag
spec:9:42: error: 'DD/QQ/YYYY' is wrong here: Q can be printed but not read
spec:9:79: error: 'YYYY "unclosed' is wrong here: a double quote is not closed

=== a zone that is not there
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; born = date(now() at zone 'Europe/Atlantis');
    }
}
--- diag
spec:9:48: error: 'Europe/Atlantis' is wrong here: it is not the name of a time zone: Area/City as in "Europe/Berlin", or UTC

=== a pattern that does not compile
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = regex_replace(p.id, '(a', ''); note = regex_extract(p.note, '[a-', 1);
    }
}
--- diag
spec:9:36: error: '(a' is wrong here: missing closing parenthesis (character 3)
spec:9:76: error: '[a-' is wrong here: missing terminating ] for character class (character 4)

=== groups that a replacement names are groups of its pattern
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table n (a text, b text, c text, d text, e text, f text, g text, h text, i text, j text); }
from s.t as t {
    on error reject;
    into app.n {
        a = regex_replace(t.a, '(\w+), (\w+)', '$2 ${1} $0 $$3');
        b = regex_replace(t.a, '(\w+), (\w+)', '$2 $3');
        c = regex_replace(t.a, '(a)|b', '${12}x');
        d = regex_replace(t.a, 'a', '<$1>');
        e = regex_replace(t.a, '(?<last>a)(?<first>b)', '$first ${last}');
        f = regex_replace(t.a, '(?<last>a)', '${frist}');
        g = regex_replace(t.a, '(?<last>a)', '$lastname');
        h = regex_replace(t.a, '(a)', '${1st}');
        i = regex_replace(t.a, t.a, '$9');
        j = regex_replace(t.a, '(a', '$9');
    }
}
--- diag
spec:8:48: error: '$2 $3' is wrong here: its pattern has 2 groups, and no $3
spec:9:41: error: '${12}x' is wrong here: its pattern has 1 group, and no $12
spec:10:37: error: '<$1>' is wrong here: its pattern has no groups, and so no $1 ($0 is all that matched)
spec:12:46: error: '${frist}' is wrong here: its pattern has no group that is called frist
spec:13:46: error: '$lastname' is wrong here: its pattern has no group that is called lastname
spec:14:39: error: '${1st}' is wrong here: behind $ (character 1) must stand a group's number, its name in braces, or $ for the sign itself
spec:16:32: error: '(a' is wrong here: missing closing parenthesis (character 3)

=== a backslash and a digit are no group
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table n (a text, b text, c text); }
from s.t as t {
    on error reject;
    into app.n {
        a = regex_replace(t.a, '(\w+), (\w+)', '\2 \1');
        b = regex_replace(t.a, t.a, 'a\3');
        c = regex_replace(t.a, '(.)\1', 'C:\dir\');
    }
}
--- diag
spec:7:48: warning: '\2 \1' names no group: \2 stands for itself
hint: Write $2, or ${2} before a digit.
spec:8:37: warning: 'a\3' names no group: \3 stands for itself
hint: Write $3, or ${3} before a digit.

=== a pattern that ends in its escape
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    skip when p.name like 'a\';
    into app.person { name = p.id; }
}
--- diag
spec:7:27: error: the pattern 'a\' is wrong: a pattern must not end with the escape "\"

=== a field of time that is none
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = extract(yeer from date(p.born));
    }
}
--- diag
spec:9:36: error: a date or time has no field "yeer"
hint: Did you mean "year"?

=== a unit that is none
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = text(date_trunc('fortnight', now()));
    }
}
--- diag
spec:9:32: error: 'fortnight' is wrong here: it is none of year, quarter, month, week, day, hour, minute, second

=== an encoding, a form
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = encode(sha256(p.id), 'hexx'); note = convert_from(decode(p.note, 'base65'), 'EBCDIC');
    }
}
--- diag
spec:9:37: error: 'hexx' is wrong here: it is none of hex, base64, escape
spec:9:81: error: 'base65' is wrong here: it is none of hex, base64, escape

=== keys and values in turn
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = text(json_object('a', p.name, 'b'));
    }
}
--- diag
spec:9:21: error: json_object takes keys and values in turn, and the last key has no value

=== a definition with the wrong arguments
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
define full(a text, b text) text = a || ' ' || b;
from s.people as p {
    on error reject;
    into app.person {
        name = full(p.id); note = full(p.id, 5);
    }
}
--- diag
spec:10:16: error: full takes 2 values, and here is 1
spec:6:8: note: it is defined here
spec:10:46: error: "b" of full is text, and 5 is integer
hint: Write text(5).

=== a definition that calls itself
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
define a(x text) text = b(x);
define b(x text) text = upper(a(x));
from s.people as p {
    on error reject;
    into app.person {
        name = a(p.id);
    }
}
--- diag
spec:7:31: error: "a" comes back to itself: a definition cannot call itself

=== a definition with another result
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
define len(x text) text = length(x);
from s.people as p {
    on error reject;
    into app.person {
        name = len(p.id);
    }
}
--- diag
spec:6:27: error: the result of "len" is text, and length(x) is integer
hint: Write text(length(x)).

=== a definition sees its parameters only
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
define f(x text, x text, y text) text = x || p.name || name;
from s.people as p {
    on error reject;
    into app.person {
        name = f(p.id, p.id, p.id);
    }
}
--- diag
spec:6:18: error: there is a parameter "x" already

=== a definition of an unknown type
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
define f(x txt) strin = x;
from s.people as p {
    on error reject;
    into app.person {
        name = f(p.id);
    }
}
--- diag
spec:6:12: error: unknown type "txt"
hint: Did you mean "text"?
spec:6:17: error: unknown type "strin"
hint: Types are smallint, integer, bigint, numeric(p,s), real, double, boolean, text, varchar(n), char(n), bytea, date, time, timestamp, timestamptz, uuid, json, jsonb, text[] and enum('a', 'b').

=== a definition that looks up, where rows cannot be looked up
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, check (who(name) = 5), unique (name));
}
define who(x text) integer = app.person[name = x];
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = who(p.id);
    }
}
--- diag
spec:4:133: error: who looks rows up, which is not possible in a check constraint

=== a definition keeps what is not null
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
define word(x text) text = lower(squeeze(x));
from s.people as p {
    into app.person {
        name = word(p.id);
    }
}
--- diag

=== a number where a function takes a text, a list or bytes
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table n (a text, b text, c date, d text, e text[], f text, g boolean); }
from s.t as t {
    on error reject;
    into app.n {
        a = upper(1); b = md5(-1.5); c = date(20240131); d = encode(1, 'hex'); e = items(1, ','); f = join(1, ','); g = bool(1.5);
    }
}
--- diag
spec:7:13: error: "upper" cannot take (integer)
hint: It is called upper(text).
hint: Write text(1).
spec:7:27: error: "md5" cannot take (numeric)
hint: It is called md5(text) or md5(bytea).
hint: Write text(-1.5).
spec:7:42: error: "date" cannot take (integer)
hint: It is called date(text) or date(text, text, …) or date(date) or date(timestamp).
hint: Write text(20240131).
spec:7:62: error: "encode" cannot take (integer, text)
hint: It is called encode(bytea, text).
spec:7:84: error: "items" cannot take (integer, text)
hint: It is called items(text, text).
hint: Write text(1).
spec:7:103: error: "join" cannot take (integer, text)
hint: It is called join(text[], text).
spec:7:121: error: "bool" cannot take (numeric)
hint: It is called bool(boolean) or bool(bigint) or bool(text).
hint: Write text(1.5).

=== the group that regex_extract takes out is one of its pattern
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null, n integer not null); }
target app sqlite 'app.db' { table n (a text, b text, c text, d text, e text, f text, g text); }
from s.t as t {
    on error reject;
    into app.n {
        a = regex_extract(t.a, '(a)(b)', 2);
        b = regex_extract(t.a, '(a)(b)', 3);
        c = regex_extract(t.a, 'ab', 1);
        d = regex_extract(t.a, 'ab', 0);
        e = regex_extract(t.a, '(a)', -1);
        f = regex_extract(t.a, t.a, -1);
        g = regex_extract(t.a, '(a)', t.n);
    }
}
--- diag
spec:8:42: error: 3 is wrong here: its pattern has 2 groups, and no group 3
spec:9:38: error: 1 is wrong here: its pattern has no groups (0 is all that matched)
spec:11:39: error: -1 is wrong here: groups are counted from 1 (0 is all that matched)
spec:12:37: error: -1 is wrong here: groups are counted from 1 (0 is all that matched)

=== a call of constants that fails, fails for each row
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null, n integer not null); }
target app sqlite 'app.db' {
    table n (a date, b date, c timestamp, d bytea, e double, f double, g text[], h integer, i integer, j smallint,
             k timestamptz, l integer, m date, n timestamp, o text);
}
from s.t as t {
    on error reject;
    into app.n {
        a = date('30.02.2024', 'DD.MM.YYYY', 'YYYY-MM-DD');
        b = make_date(2023, 2, 29);
        c = timestamp('2024-01-01 25:00', 'YYYY-MM-DD HH24:MI');
        d = decode('zz', 'hex');
        e = sqrt(-1);
        f = power(0, -1);
        g = parse_list('{');
        h = json_array_length('{}');
        i = integer(3000000000);
        j = smallint(-40000.5);
        k = '2024-03-31 02:30:00' at zone 'Europe/Berlin';
        l = mod(t.n, 0);
        m = date(t.a, 'YYYY-MM-DD');
        n = julian(1e300);
        o = convert_from('\xff', 'UTF8');
    }
}
--- diag
spec:10:18: error: "30.02.2024" is of the form DD.MM.YYYY, but there is no such day
spec:11:13: error: 2023-02-29 is not a day of the calendar
spec:12:23: error: "2024-01-01 25:00" is not a date and time of the form YYYY-MM-DD HH24:MI
spec:13:20: error: "zz" is not text in the form hex
spec:14:18: error: -1 is negative and has no square root
spec:15:13: error: 0 raised to a negative power is not defined
spec:16:24: error: "{" is not a list: {a,b} or ["a", "b"]
spec:17:31: error: {} is not a JSON array
spec:18:21: error: 3000000000 is outside the range of integer (-2147483648 to 2147483647)
spec:19:22: error: -40000.5 is outside the range of smallint (-32768 to 32767)
spec:20:13: error: 2024-03-31 02:30:00 does not occur in Europe/Berlin, where the clocks were changed
spec:21:22: error: division by zero
spec:23:20: error: the Julian day 1e+300 is outside the years 1 to 9999
spec:24:26: error: "\xff" is not text in UTF-8: byte 1 is wrong

=== a call of constants that works needs nobody who takes care of it
--- spec
migration m;
source s postgres env 'S' { table t (a text not null, n integer not null); }
target app sqlite 'app.db' {
    table n (a date, b date, c timestamp, d bytea, e double, f double, g text[], h integer, i integer, j smallint,
             k text, l integer, m numeric, n integer, o integer);
}
from s.t as t {
    into app.n {
        a = date('29.02.2024', 'DD.MM.YYYY', 'YYYY-MM-DD');
        b = make_date(2024, 2, 29);
        c = timestamp('2024-01-01 23:00', 'YYYY-MM-DD HH24:MI');
        d = decode('00', 'hex');
        e = sqrt(2);
        f = power(2, -1.5);
        g = json_items('["a"]');
        h = json_array_length('[]');
        i = integer(300000000);
        j = smallint(-4000.5);
        k = convert_from('\x41', 'UTF8');
        l = mod(t.n, 2);
        m = mod(1.5, 0.5);
        n = abs(-5);
        o = mod(t.n, t.n) else 0;
    }
}
--- diag

=== definitions that stand on each other without an end
--- spec
migration m;
define f0(x text) text = x || x;
define f1(x text) text = f0(f0(f0(f0(x))));
define f2(x text) text = f1(f1(f1(x)));
define f3(x text) text = f2(f2(x));
define f4(x text) text = trim(f3(x));
define g(x text, y text) text = case when x > y then x else y end;
source s csv '.' { table t file 't.csv' (a text); }
target app sqlite 'app.db' { table n (a text, b text, c text); }
from s.t as t {
    let a = f2(t.a);
    into app.n { a = f2(a); b = f2(f1(t.a)); c = g(g(g(t.a, a), g(a, t.a)), t.a); }
}
--- diag
spec:5:26: error: written out, "f2" has more than 100000 parts here
hint: Name a part with "let" in the flow: it is worked out once, wherever it is used.
spec:12:33: error: written out, "f2" has more than 100000 parts here
hint: Name a part with "let" in the flow: it is worked out once, wherever it is used.

=== more definitions in one another than can be followed
--- spec
migration m;
define f0(x text) text = trim(x);
define f1(x text) text = f0(x);
define f2(x text) text = f1(x);
define f3(x text) text = f2(x);
define f4(x text) text = f3(x);
define f5(x text) text = f4(x);
define f6(x text) text = f5(x);
define f7(x text) text = f6(x);
define f8(x text) text = f7(x);
define f9(x text) text = f8(x);
define f10(x text) text = f9(x);
define f11(x text) text = f10(x);
define f12(x text) text = f11(x);
define f13(x text) text = f12(x);
define f14(x text) text = f13(x);
define f15(x text) text = f14(x);
define f16(x text) text = f15(x);
define f17(x text) text = f16(x);
define f18(x text) text = f17(x);
define f19(x text) text = f18(x);
define f20(x text) text = f19(x);
define f21(x text) text = f20(x);
define f22(x text) text = f21(x);
define f23(x text) text = f22(x);
define f24(x text) text = f23(x);
define f25(x text) text = f24(x);
define f26(x text) text = f25(x);
define f27(x text) text = f26(x);
define f28(x text) text = f27(x);
define f29(x text) text = f28(x);
define f30(x text) text = f29(x);
define f31(x text) text = f30(x);
define f32(x text) text = f31(x);
define f33(x text) text = f32(x);
define f34(x text) text = f33(x);
define f35(x text) text = f34(x);
define f36(x text) text = f35(x);
define f37(x text) text = f36(x);
define f38(x text) text = f37(x);
define f39(x text) text = f38(x);
define f40(x text) text = f39(x);
define f41(x text) text = f40(x);
define f42(x text) text = f41(x);
define f43(x text) text = f42(x);
define f44(x text) text = f43(x);
define f45(x text) text = f44(x);
define f46(x text) text = f45(x);
define f47(x text) text = f46(x);
define f48(x text) text = f47(x);
define f49(x text) text = f48(x);
define f50(x text) text = f49(x);
define f51(x text) text = f50(x);
define f52(x text) text = f51(x);
define f53(x text) text = f52(x);
define f54(x text) text = f53(x);
define f55(x text) text = f54(x);
define f56(x text) text = f55(x);
define f57(x text) text = f56(x);
define f58(x text) text = f57(x);
define f59(x text) text = f58(x);
define f60(x text) text = f59(x);
define f61(x text) text = f60(x);
define f62(x text) text = f61(x);
define f63(x text) text = f62(x);
define f64(x text) text = f63(x);
source s csv '.' { table t file 't.csv' (a text); }
target app sqlite 'app.db' { table n (a text, b text); }
from s.t as t { into app.n { a = f63(t.a); b = f64(t.a); } }
--- diag
spec:66:8: error: "f64" stands on more than 64 definitions in one another
hint: Name a part with "let" in the flow: it is worked out once, wherever it is used.
