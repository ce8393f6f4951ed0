" Vim syntax of .mig specs. A test holds the words against grammar/keywords.def and the tables of the runtime.
if exists("b:current_syntax")
  finish
endif
syntax case match
syntax keyword migKeyword abort action after alias also always and as asc at autoincrement backup before between by
syntax keyword migKeyword cascade case check commit constrain constraint copy count create dedup default deferrable
syntax keyword migKeyword deferred define delete desc drop duplicate each else end env error escape every except
syntax keyword migKeyword existing exists expect extract false file first foreign from generated identity if ilike
syntax keyword migKeyword immediate in include index initially into is keep key last let like limit load manual
syntax keyword migKeyword match measure merge merged migration names no not null on options or phase precision
syntax keyword migKeyword primary query references refers reject rejected requires restrict rewrite rows run
syntax keyword migKeyword sequence set skip skipped snapshot source sql strict table target then time to true undo unique
syntax keyword migKeyword unknown update use using value varying warn when with without zone
syntax keyword migType bigint boolean bytea char date double integer json jsonb numeric real smallint text
syntax keyword migType text time timestamp timestamptz uuid varchar
syntax keyword migFunction abs ascii at_zone bool cardinality casefold ceil char_length chr compact concat
syntax keyword migFunction concat_ws contains convert_from convert_to current_date date_trunc day decode
syntax keyword migFunction distinct dow doy element encode epoch floor gen_random_uuid hour initcap isodow
syntax keyword migFunction isoyear items join julian json_array json_array_length json_get json_get_text json_items
syntax keyword migFunction json_object json_typeof jsonb_array jsonb_object left length list lower lpad ltrim
syntax keyword migFunction make_date matches md5 minute mod month nfc nfkc now octet_length parse_list power
syntax keyword migFunction quarter regex_extract regex_replace repeat replace reverse right round row_number
syntax keyword migFunction rpad rtrim run_id second sha256 sign source_file source_line split split_part sqrt
syntax keyword migFunction squeeze starts_with strpos substr substring to_char to_json to_jsonb to_timestamp
syntax keyword migFunction translate trim trunc unaccent upper uuid5 week year
syntax match migNumber "\<\d\+\(\.\d\+\)\?\([eE][+-]\?\d\+\)\?\>"
syntax region migText start=+'+ skip=+''+ end=+'+
syntax region migName start=+"+ skip=+""+ end=+"+ oneline
syntax region migRaw start=+\$\z(\w*\)\$+ end=+\$\z1\$+
syntax match migComment "--.*$" contains=@Spell
syntax region migComment start="/\*" end="\*/" contains=migComment,@Spell
highlight default link migKeyword Statement
highlight default link migType Type
highlight default link migFunction Function
highlight default link migNumber Number
highlight default link migText String
highlight default link migName Identifier
highlight default link migRaw PreProc
highlight default link migComment Comment
let b:current_syntax = "mig"
