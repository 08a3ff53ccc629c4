// libpsl for Swift: which suffixes of domain names anybody may register a name under.
#pragma once
#include <libpsl.h>
