/* SPDX-License-Identifier: BSD-2-Clause */
/* Examples are tests: each runs through the whole analysis, with all other entries competing. */
#include "catalogc.h"

#include "whybounce.h"

#include "analyse.h"
#include "check.h"

static struct wb_slice rule_of(const struct wb_analysis *analysis)
{
    return analysis->reports[0].verdict.rule;
}

static bool run_reply(struct wb_model *model, struct wb_session *session,
                      const struct wb_example *example)
{
    const struct wb_analysis *a = wb_analyse_reply(session, example->text.p, example->text.n);
    struct wb_slice rule = rule_of(a), mine = wb_model_text(model, example->rule);
    bool won = wb_slice_eq(rule, mine);
    if (!won && example->use == WB_EXAMPLE_REPLY) /* another entry of the same cause may win */
        won = a->reports[0].verdict.confidence >= WB_CONFIDENCE_FAIR &&
              a->reports[0].verdict.cause == example->cause;
    if (won == (example->use == WB_EXAMPLE_REPLY))
        return true;
    if (example->use == WB_EXAMPLE_REPLY)
        wb_yaml_error(&model->yaml, example->node, "%.*s does not win its example: %.*s does",
                      WB_F(mine), WB_F(rule.n ? rule : WB_S("no rule")));
    else
        wb_yaml_error(&model->yaml, example->node, "%.*s wins what it must not", WB_F(mine));
    return false;
}

static struct wb_slice dialect_of(const struct wb_analysis *analysis)
{
    return wb_report_dialect(&analysis->reports[0]);
}

/* A whole report: its dialect must be recognised and the recipients found, in their order. */
static bool run_report(struct wb_model *model, struct wb_session *session,
                       const struct wb_example *example)
{
    struct wb_yaml *yaml = &model->yaml;
    const struct wb_analysis *a = wb_analyse_mail(session, example->text.p, example->text.n);
    struct wb_slice dialect = dialect_of(a), mine = wb_model_text(model, example->rule);
    int errors = yaml->errors;
    if (!wb_slice_eq(dialect, mine))
        wb_yaml_error(yaml, example->node, "is read as dialect '%.*s'", WB_F(dialect));
    void *place = NULL;
    uint32_t i = 0;
    struct fy_node *item, *recipients = wb_yaml_get(example->node, "recipients");
    for (; (item = wb_yaml_next(recipients, &place)); i++) {
        struct wb_slice wanted = wb_yaml_text(yaml, item);
        struct wb_slice found = i < a->count ? a->reports[i].evidence->address : WB_NONE;
        if (!wb_slice_eq(wanted, found))
            wb_yaml_error(yaml, item, "recipient %u is read as '%.*s'", i + 1, WB_F(found));
    }
    if (recipients && i < a->count)
        wb_yaml_error(yaml, example->node, "%u recipients are found", a->count);
    struct fy_node *cause = wb_yaml_get(example->node, "cause");
    if (cause && !wb_report_is_failure(&a->reports[0]))
        wb_yaml_error(yaml, cause, "is no failure: it is read as '%.*s'",
                      WB_F(wb_kind_name(a->reports[0].kind)));
    else if (cause && wb_model_cause(model, cause) != a->reports[0].verdict.cause)
        wb_yaml_error(yaml, cause, "the cause is found to be '%.*s'",
                      WB_F(wb_report_cause(&a->reports[0])));
    return yaml->errors == errors;
}

struct wb_knowledge_tally wb_knowledge_test(struct wb_model *model,
                                            const struct wb_catalogue *catalogue,
                                            wb_knowledge_tell *tell)
{
    struct wb_knowledge_tally tally = {0};
    struct wb_session *session = wb_session_new(catalogue);
    WB_CHECK(session);
    for (uint32_t i = 0; i < model->examples.n; i++) {
        const struct wb_example *example = WB_ROW(model->examples, struct wb_example, i);
        bool report = example->use == WB_EXAMPLE_REPORT;
        bool good =
            report ? run_report(model, session, example) : run_reply(model, session, example);
        tally.passed += good;
        tally.failed += !good;
        if (tell)
            tell(i + 1, good, wb_model_text(model, example->rule));
    }
    wb_session_free(session);
    return tally;
}
