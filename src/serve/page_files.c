#include "page.h"
const struct wb_page_file wb_page_files[] = {{0}};
