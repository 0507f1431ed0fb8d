/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why did this mail come back?
 *
 *     cc explain.c $(pkg-config --cflags --libs whybounce) -o explain
 *     ./explain bounce.eml
 */
#include <stdio.h>
#include <stdlib.h>
#include <whybounce.h>

static void print(const char *name, struct wb_string value)
{
    if (value.length) /* absent: 0 */
        printf("%s: %.*s\n", name, (int)value.length, value.text);
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        fprintf(stderr, "usage: explain BOUNCE.eml\n");
        return 2;
    }
    size_t room = 8 << 20; /* more is not looked at */
    char *mail = malloc(room);
    size_t length = mail ? fread(mail, 1, room, file) : 0;
    fclose(file);

    struct wb_session *session = wb_session_new(NULL);
    if (!mail || !session)
        return 1;
    const struct wb_analysis *analysis = wb_analyse_mail(session, mail, length);
    for (size_t i = 0; i < wb_analysis_count(analysis); i++) {
        const struct wb_report *report = wb_analysis_report(analysis, i);
        print("recipient", wb_report_string(report, WB_REPORT_RECIPIENT));
        print("cause", wb_report_string(report, WB_REPORT_CAUSE));
    }
    wb_session_language(session, "en"); /* or "zh" */
    struct wb_string text = wb_analysis_render(session, analysis, "text");
    printf("%.*s", (int)text.length, text.text); /* has a paragraph "What to do" */

    wb_session_free(session);
    free(mail);
    return 0;
}
