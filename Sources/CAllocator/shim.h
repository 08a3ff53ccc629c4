// glibc's allocator settings, which Swift's own module of glibc leaves out.
#pragma once
#include <malloc.h>
