// libxml2 for Swift: SAX2 push parsing only. What the macros and function-pointer globals hide from
// Swift gets an inline wrapper here.
#pragma once
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
