// libxml2 for Swift: SAX2 push parsing only. What the macros and function-pointer globals hide from
// Swift gets an inline wrapper here.
#pragma once
#include <libxml/xmlversion.h>
// Debian builds libxml2 with ICU, whose headers contradict those of Foundation's own copy of ICU: a
// target that sees both does not compile. Only the encoding handlers differ, which nobody here uses.
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
