/* ops.h: operators of the language as C functions; part of mig.h. */
#ifndef MIG_OPS_H
#define MIG_OPS_H
#endif
