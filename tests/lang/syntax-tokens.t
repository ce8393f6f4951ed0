# Lexing: what is one token, and what it says.

=== texts, names, numbers, raw texts
--- spec
'it''s' "a ""b""" a_1 äö 12 1.50 .5 1e6 2.5E-3 $$ raw '$1' $$ $q$ $$ $q$ '' 'two
lines'
--- tokens
1:1 text "it's"
1:9 name in double quotes "a \"b\""
1:19 name "a_1"
1:23 name "äö"
1:26 number "12"
1:29 number "1.50"
1:34 number ".5"
1:37 number "1e6"
1:41 number "2.5E-3"
1:48 raw text " raw '$1' "
1:63 raw text " $$ "
1:74 text ""
1:77 text "two\nlines"
3:1 end of file

=== comments, nested too
--- spec
a -- one
/* two /* three */ still */ b /**/ c --
--- tokens
1:1 name "a"
1:3 comment "-- one"
2:1 comment "/* two /* three */ still */"
2:29 name "b"
2:31 comment "/**/"
2:36 name "c"
2:38 comment "--"
3:1 end of file

=== signs
--- spec
|| <> != <= >= = < > + - * / % ( ) [ ] { } , ; : . ..
--- tokens
1:1 ||
1:4 <>
1:7 <>
1:10 <=
1:13 >=
1:16 =
1:18 <
1:20 >
1:22 +
1:24 -
1:26 *
1:28 /
1:30 %
1:32 (
1:34 )
1:36 [
1:38 ]
1:40 {
1:42 }
1:44 ,
1:46 ;
1:48 :
1:50 .
1:52 .
1:53 .
2:1 end of file

=== words in any case
--- spec
CREATE Table "table" tables
--- tokens
1:1 create "CREATE"
1:8 table "Table"
1:14 name in double quotes "table"
1:22 name "tables"
2:1 end of file

=== a byte order mark at the start and line ends of every kind
--- spec escaped
\xef\xbb\xbfa\r\nb\rc -- d\r\ne
--- tokens
1:2 name "a"
2:1 name "b"
3:1 name "c"
3:3 comment "-- d"
4:1 name "e"
5:1 end of file
