/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whybounce knowledge: for people who add rules of their own. A folder of rules has the shape of
 * knowledge/: causes/ID.yaml, providers/ID.yaml, dialects/ID.yaml.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalogc.h"
#include "match.h"
#include "utf8.h"

enum { OK = 0, TROUBLE = 1, USAGE = 2, MAX_FOLDERS = 16 };

static const char help_en[] =
    "Usage: whybounce knowledge new|lint|test|build ...; 'whybounce help knowledge' explains it\n";

static const char help_zh[] =
    "用法：whybounce knowledge new|lint|test|build ...；详见 whybounce help knowledge\n";

struct settings {
    const char *folders[MAX_FOLDERS + 1];
    size_t n;
    const char *output;
    const char *cause, *id, *provider, *from;
};

static bool chinese; /* the language of --lang, else of the locale */

/* Text of a rule file, or a file's name: nothing in it may act on the terminal. */
static void put_safe(FILE *out, struct wb_slice text)
{
    struct wb_buf line = {0};
    while (text.n) {
        size_t taken;
        uint32_t rune = wb_utf8_get(text, &taken);
        if (rune != '\n' && rune != '\t' && wb_utf8_unsafe(rune))
            wb_buf_byte(&line, '?');
        else
            wb_buf_put(&line, rune == WB_REPLACEMENT ? WB_S("?") : wb_slice_head(text, taken));
        text = wb_slice_from(text, taken);
    }
    if (line.n)
        fwrite(line.p, 1, line.n, out);
    wb_buf_free(&line);
}

/* One sentence; the status of trouble. */
static int complain(const char *what, const char *why)
{
    struct wb_buf line = {0};
    wb_buf_printf(&line, "whybounce knowledge: %s%s%s", what, chinese ? "：" : ": ", why);
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] == '\n') /* of a file's name */
            line.p[i] = '?';
    wb_buf_byte(&line, '\n');
    put_safe(stderr, wb_buf_slice(&line));
    wb_buf_free(&line);
    return TROUBLE;
}

static const char *in_both(const char *english, const char *in_chinese)
{
    return chinese ? in_chinese : english;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* ---- compiling ---- */

static bool write_whole(const char *path, struct wb_slice bytes)
{
    char temporary[4096];
    snprintf(temporary, sizeof temporary, "%s.new", path);
    FILE *file = fopen(temporary, "wb");
    bool ok = file && fwrite(bytes.p, 1, bytes.n, file) == bytes.n;
    if (file)
        ok = fclose(file) == 0 && ok;
    if (ok && rename(temporary, path) == 0)
        return true;
    complain(path, strerror(errno));
    unlink(temporary);
    return false;
}

static bool run_examples(struct wb_model *model, struct wb_slice image)
{
    struct wb_catalogue *catalogue;
    struct wb_status status;
    if (!wb_catalogue_open_image(image, &catalogue, &status)) {
        complain("catalogue", status.text);
        return false;
    }
    struct wb_knowledge_tally tally = wb_knowledge_test(model, catalogue, NULL);
    wb_catalogue_close(catalogue);
    printf("%d passed, %d failed\n", tally.passed, tally.failed);
    return tally.failed == 0;
}

static void told_written(const char *path)
{
    const char *usual = WHYBOUNCE_CACHE "/catalogue.wbc";
    if (strcmp(path, usual) == 0)
        printf(in_both("%s: written; whybounce uses it from now on\n",
                       "%s：已写好，whybounce 以后就用它\n"),
               path);
    else
        printf(in_both("%s: written; WHYBOUNCE_CATALOGUE=%s whybounce … uses it\n",
                       "%s：已写好；用 WHYBOUNCE_CATALOGUE=%s whybounce … 来使用它\n"),
               path, path);
}

/* What is done once the folders are compiled. */
enum action { LINT, TEST, BUILD };

static int compile(const struct settings *s, enum action action)
{
    struct wb_model model;
    struct wb_buf image = {0};
    for (size_t i = 0; i < s->n; i++)
        if (!is_folder(s->folders[i]))
            return complain(s->folders[i], in_both("there is no such folder", "没有这个文件夹"));
    wb_model_open(&model);
    bool ok = wb_knowledge_compile(&model, s->folders, s->n, &image);
    if (ok && action == TEST)
        ok = run_examples(&model, wb_buf_slice(&image));
    if (ok && action == BUILD)
        ok = write_whole(s->output, wb_buf_slice(&image));
    if (ok && action == BUILD)
        told_written(s->output);
    put_safe(stderr, wb_buf_slice(&model.yaml.log));
    if (!ok && model.yaml.errors)
        fprintf(stderr, in_both("whybounce knowledge: %d %s\n", "whybounce knowledge：%d 处错误\n"),
                model.yaml.errors, model.yaml.errors == 1 ? "fault" : "faults");
    else if (ok && action == LINT)
        puts(in_both("no faults", "没有错误"));
    wb_model_close(&model);
    wb_buf_free(&image);
    return ok ? OK : TROUBLE;
}

/* ---- new ---- */

/* False after a complaint about the file. */
static bool read_reply(const struct settings *s, int argc, char **argv, struct wb_buf *reply)
{
    for (int i = 0; i < argc; i++)
        wb_buf_printf(reply, "%s%s", i ? " " : "", argv[i]);
    if (!s->from)
        return true;
    FILE *file = strcmp(s->from, "-") == 0 ? stdin : fopen(s->from, "rb");
    if (!file) {
        complain(s->from, strerror(errno));
        return false;
    }
    wb_buf_reserve(reply, 8192);
    errno = 0;
    reply->n = fread(reply->p, 1, 8192, file);
    bool failed = ferror(file);
    int error = errno;
    if (file != stdin)
        fclose(file);
    if (failed)
        complain(s->from, strerror(error));
    return !failed;
}

/* Behind the codes in front: they are matched by `when`, not by the words. */
static struct wb_slice words_of(struct wb_slice folded)
{
    size_t i = 0;
    while (i < folded.n && (wb_is_digit(folded.p[i]) || strchr(" .-", folded.p[i])))
        i++;
    return i < folded.n ? wb_slice_from(folded, i) : folded;
}

/* The words as an expression: numbers and long ids in them differ from reply to reply. */
static void put_expression(struct wb_buf *out, struct wb_slice words)
{
    while (words.n) {
        size_t n = 0, digits = 0;
        while (n < words.n && (wb_is_alnum(words.p[n]) || words.p[n] == '_')) {
            digits += wb_is_digit(words.p[n]);
            n++;
        }
        if (n && (digits == n || (digits && n > 8))) {
            wb_buf_printf(out, digits == n ? "\\d{1,%zu}" : "[0-9a-z_]{1,%zu}", n + 8);
        } else if (n) {
            wb_buf_put(out, wb_slice_head(words, n));
        } else {
            n = 1;
            if (strchr(".?*+()[]{}|^$\\", words.p[0]))
                wb_buf_byte(out, '\\');
            wb_buf_byte(out, words.p[0]);
        }
        words = wb_slice_from(words, n);
    }
}

static void put_quoted(struct wb_buf *out, struct wb_slice text)
{
    wb_buf_byte(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'')
            wb_buf_byte(out, '\'');
        wb_buf_byte(out, (unsigned char)text.p[i] < ' ' ? ' ' : text.p[i]);
    }
    wb_buf_byte(out, '\'');
}

/* "rejected-by-acme-filter" */
static void put_slug(struct wb_buf *out, struct wb_slice words)
{
    int taken = 0;
    while (words.n && taken < 4) {
        struct wb_slice word = wb_slice_cut(&words, ' ');
        while (word.n && !wb_is_alnum(word.p[0])) /* "(policy)," is the word policy */
            word = wb_slice_from(word, 1);
        while (word.n && !wb_is_alnum(word.p[word.n - 1]))
            word.n--;
        bool plain = word.n > 1;
        for (size_t i = 0; i < word.n; i++)
            plain &= wb_is_alpha(word.p[i]);
        if (!plain)
            continue;
        wb_buf_printf(out, "%s%.*s", taken ? "-" : "", WB_F(word));
        taken++;
    }
    if (!taken)
        wb_buf_lit(out, "entry");
}

static int new_entry(const struct settings *s, int argc, char **argv)
{
    struct wb_buf reply = {0}, out = {0};
    char folded[8192];
    if (!s->cause) {
        complain("new", in_both("which cause? --cause ID; 'whybounce causes' lists them",
                                "是哪个原因？用 --cause 写上编号；whybounce causes 可以列出全部"));
        return USAGE;
    }
    if (!read_reply(s, argc, argv, &reply)) {
        wb_buf_free(&reply);
        return TROUBLE;
    }
    struct wb_slice text = wb_slice_trim(wb_buf_slice(&reply));
    if (!text.n) {
        wb_buf_free(&reply);
        complain("new", in_both("which reply? give it as an argument, or a file with --from",
                                "是哪条答复？写在命令行里，或用 --from 指定文件"));
        return USAGE;
    }
    struct wb_slice words =
        words_of(wb_slice(folded, wb_fold(text, 0, folded, sizeof folded, NULL)));
    wb_buf_printf(&out, "%s\n  - id: ", s->provider ? "codes:" : "phrases:");
    if (s->id)
        wb_buf_put(&out, wb_slice_str(s->id));
    else
        put_slug(&out, words);
    if (s->provider)
        wb_buf_printf(&out, "\n    cause: %s", s->cause);
    wb_buf_lit(&out, "\n    match: '");
    struct wb_buf expression = {0};
    put_expression(&expression, words);
    for (size_t i = 0; i < expression.n; i++) {
        if (expression.p[i] == '\'')
            wb_buf_byte(&out, '\'');
        wb_buf_byte(&out, expression.p[i]);
    }
    wb_buf_lit(&out, "'\n    examples: [");
    put_quoted(&out, text);
    wb_buf_lit(&out, "]\n    source: own\n");
    bool ok = fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0;
    wb_buf_free(&expression);
    wb_buf_free(&reply);
    wb_buf_free(&out);
    return ok ? OK : complain(in_both("standard output", "标准输出"), strerror(errno));
}

/* ---- the command line ---- */

static int run(const char *action, struct settings *s, int argc, char **argv)
{
    if (strcmp(action, "new") == 0)
        return new_entry(s, argc, argv);
    for (int i = 0; i < argc; i++) {
        if (s->n > MAX_FOLDERS)
            return complain(argv[i], in_both("too many folders", "文件夹太多"));
        s->folders[s->n++] = argv[i];
    }
    if (!argc && is_folder(WHYBOUNCE_RULES))
        s->folders[s->n++] = WHYBOUNCE_RULES;
    if (strcmp(action, "lint") == 0)
        return compile(s, LINT);
    if (strcmp(action, "test") == 0)
        return compile(s, TEST);
    if (strcmp(action, "build") == 0)
        return compile(s, BUILD);
    complain(action, in_both("there is no such action; it is new, lint, test or build",
                             "没有这个操作；可用的有 new、lint、test、build"));
    return USAGE;
}

static bool is_chinese(const char *tag)
{
    return (tag[0] | 32) == 'z' && (tag[1] | 32) == 'h' && (!tag[2] || strchr("-_.", tag[2]));
}

static bool locale_is_chinese(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value)
            return is_chinese(value);
    }
    return false;
}

/* What was said on standard output must have arrived. */
static int end(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    return complain(in_both("standard output", "标准输出"), strerror(errno));
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"base", required_argument, NULL, 'b'},     {"output", required_argument, NULL, 'o'},
        {"cause", required_argument, NULL, 'c'},    {"id", required_argument, NULL, 'i'},
        {"provider", required_argument, NULL, 'p'}, {"from", required_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},           {"lang", required_argument, NULL, 'l'},
        {"color", required_argument, NULL, 'l'},    {0}};
    const char *base = getenv("WHYBOUNCE_KNOWLEDGE");
    struct settings s = {.output = WHYBOUNCE_CACHE "/catalogue.wbc", .n = 1};
    s.folders[0] = base ? base : WHYBOUNCE_KNOWLEDGE;
    int found;
    bool wants_help = false;
    chinese = locale_is_chinese();
    opterr = 0;
    signal(SIGPIPE, SIG_IGN);
    while ((found = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (found) {
        case 'b': s.folders[0] = optarg; break;
        case 'o': s.output = optarg; break;
        case 'c': s.cause = optarg; break;
        case 'i': s.id = optarg; break;
        case 'p': s.provider = optarg; break;
        case 'f': s.from = optarg; break;
        case 'l': chinese = is_chinese(optarg); break;
        case 'h': wants_help = true; break;
        default:
            complain(argv[optind - 1],
                     in_both("there is no such option, or its value is missing; see --help",
                             "没有这个选项，或者后面缺少内容；请看 --help"));
            return USAGE;
        }
    }
    if (wants_help)
        return end(fputs(in_both(help_en, help_zh), stdout) < 0 ? TROUBLE : OK);
    if (optind == argc)
        return fputs(in_both(help_en, help_zh), stderr) < 0 ? TROUBLE : USAGE;
    return end(run(argv[optind], &s, argc - optind - 1, argv + optind + 1));
}
