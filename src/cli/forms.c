/* SPDX-License-Identifier: BSD-2-Clause */
#include "forms.h"

#include <string.h>

const char *wb_cli_form(const struct wb_invocation *inv, const char *usual)
{
    const char *form = wb_cli_value(inv, "format"), *known;
    if (wb_cli_has(inv, "json"))
        return "json";
    if (wb_cli_has(inv, "csv"))
        return "csv";
    if (!form)
        return usual;
    struct wb_buf names = {0};
    for (size_t i = 0; (known = wb_form_name(i)); i++) {
        if (strcmp(form, known) == 0) {
            wb_buf_free(&names);
            return known;
        }
        wb_buf_printf(&names, "%s%s", names.n ? " " : "", known);
    }
    wb_buf_byte(&names, 0);
    wb_complain("there is no format '%s'; use one of: %s", "没有“%s”这种格式；可用的有：%s", form,
                names.p);
    wb_buf_free(&names);
    return NULL;
}

bool wb_cli_contradicts(const struct wb_invocation *inv, const char *const pairs[][2], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (wb_cli_has(inv, pairs[i][0]) && wb_cli_has(inv, pairs[i][1])) {
            wb_complain("--%s and --%s cannot be used together", "--%s 和 --%s 不能同时使用",
                        pairs[i][0], pairs[i][1]);
            return true;
        }
    return false;
}

bool wb_cli_classes(const struct wb_invocation *inv, const struct wb_catalogue *catalogue)
{
    const char *asked = wb_cli_value(inv, "classes");
    struct wb_string name;
    struct wb_buf names = {0};
    bool known = !asked;
    for (size_t i = 0; (name = wb_scheme_name(catalogue, i)).length; i++) {
        known |=
            asked && strlen(asked) == name.length && memcmp(asked, name.text, name.length) == 0;
        wb_buf_printf(&names, "%s%.*s", i ? " " : "", (int)name.length, name.text);
    }
    wb_buf_byte(&names, 0);
    if (!known)
        wb_complain("there are no classes of '%s'; use one of: %s", "没有“%s”的分类；可用的有：%s",
                    asked, names.p);
    wb_buf_free(&names);
    return known;
}
