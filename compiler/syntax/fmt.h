/*
 * fmt.h: a spec in canonical layout.
 */
#ifndef MIGC_FMT_H
#define MIGC_FMT_H

#include "compiler/base/diag.h"
#include "compiler/base/source.h"
#include "compiler/base/strbuf.h"

/*
 * Appends the text of the file in canonical layout: every token and every comment of it, in their order; only blanks and
 * line breaks change, and the case of keywords. The result parses to the same tree, and formatting it again changes nothing.
 * A file with syntax errors is refused: they are reported, false is returned and nothing is appended.
 */
bool fmt_source(arena *a, diag *d, const src_file *f, strbuf *out);

#endif
