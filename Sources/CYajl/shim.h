#ifndef TOOLREWARD_CYAJL_SHIM_H
#define TOOLREWARD_CYAJL_SHIM_H

/* memchr and memcmp: the C library's are vectorised, the standard library's loops are not. */
#include <string.h>

/* pow: Python's floats are raised by the C library's. */
#include <math.h>

/* Debian installs the headers under <yajl/…>. Upstream's yajl.pc points the
   compiler inside that folder (lloyd/yajl#235), where only the bare name is found. */
#if __has_include(<yajl/yajl_parse.h>)
#include <yajl/yajl_parse.h>
#else
#include <yajl_parse.h>
#endif

/* yajl_config is variadic, which Swift cannot call. */
static inline int toolreward_yajl_set(yajl_handle handle, yajl_option option, int on) {
  return yajl_config(handle, option, on);
}

#endif
